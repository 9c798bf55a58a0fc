/* Preloaded into a function's processes, when it is audited or travels in time: tells of TCP connections as they are opened, closed and used when dead, and
   moves the clocks that the C library hands out. It shares one page-aligned file with the environment; its layout is repeated in PreloadPage.cs. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#define EVENTS 8192
#define FILES 65536
#define WAITS 512
#define BILLION 1000000000LL

enum { OPENED = 1, CLOSED = 2, USED_DEAD = 3 };

struct event {
    _Atomic uint64_t sequence; /* its number from 1, once it is written whole */
    uint32_t kind;
    uint32_t family;
    uint16_t local_port;
    uint16_t remote_port;
    uint32_t reserved;
    uint8_t address[16];
    uint64_t sent;
    uint64_t received;
    uint64_t padding;
};

struct page {
    _Atomic int64_t offset;   /* what the clocks are ahead, in nanoseconds */
    _Atomic uint32_t turn;    /* grows with every thaw after a jump; a futex */
    _Atomic uint32_t done;    /* the latest turn that was handled */
    _Atomic uint32_t cut;     /* whether a turn ends the connections */
    _Atomic uint32_t loaded;  /* the process that has loaded this library last */
    uint32_t runtime;         /* the process whose answer is waited for */
    uint32_t api_port;        /* the Runtime API, which stays connected */
    _Atomic uint64_t written; /* how many events there were */
    uint8_t reserved[24];
    struct event events[EVENTS];
};

static struct page *page;
static struct { uint32_t family; uint16_t port; uint8_t address[16]; } remotes[FILES];
static _Atomic uint8_t tracked[FILES];

/* Timed waits under way, so that a jump of the clock can end them. */
static struct { atomic_flag lock; pthread_cond_t *condition; } waits[WAITS];

static int (*real_clock_gettime)(clockid_t, struct timespec *);
static int (*real_cond_timedwait)(pthread_cond_t *, pthread_mutex_t *, const struct timespec *);
static int (*real_cond_clockwait)(pthread_cond_t *, pthread_mutex_t *, clockid_t, const struct timespec *);
static int (*real_connect)(int, const struct sockaddr *, socklen_t);
static int (*real_close)(int);
static ssize_t (*real_send)(int, const void *, size_t, int);
static ssize_t (*real_sendmsg)(int, const struct msghdr *, int);
static ssize_t (*real_recv)(int, void *, size_t, int);
static ssize_t (*real_recvmsg)(int, struct msghdr *, int);
static ssize_t (*real_write)(int, const void *, size_t);
static ssize_t (*real_read)(int, void *, size_t);

#define REAL(pointer, name) ({ if (!pointer) pointer = dlsym(RTLD_NEXT, name); pointer; })

/* Old binaries' condition variables have a symbol of their own, which must not be taken. */
static void *condition_function(const char *name) {
    void *found = dlvsym(RTLD_NEXT, name, "GLIBC_2.3.2");
    return found ? found : dlsym(RTLD_NEXT, name);
}

static int64_t offset(void) { return page ? atomic_load_explicit(&page->offset, memory_order_acquire) : 0; }

static void add(struct timespec *time, int64_t nanoseconds) {
    int64_t sum = time->tv_sec * BILLION + time->tv_nsec + nanoseconds;
    if (sum < 0) sum = 0;
    time->tv_sec = sum / BILLION;
    time->tv_nsec = sum % BILLION;
}

static int is_moved(clockid_t clock) {
    switch (clock) {
        case CLOCK_REALTIME: case CLOCK_MONOTONIC: case CLOCK_MONOTONIC_RAW: case CLOCK_REALTIME_COARSE:
        case CLOCK_MONOTONIC_COARSE: case CLOCK_BOOTTIME: case CLOCK_TAI: return 1;
        default: return 0;
    }
}

int clock_gettime(clockid_t clock, struct timespec *time) {
    int result = REAL(real_clock_gettime, "clock_gettime")(clock, time);
    if (result == 0 && is_moved(clock)) add(time, offset());
    return result;
}

int gettimeofday(struct timeval *restrict time, void *restrict zone) {
    struct timespec now;
    (void)zone;
    if (clock_gettime(CLOCK_REALTIME, &now) != 0) return -1;
    time->tv_sec = now.tv_sec;
    time->tv_usec = now.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *result) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (result) *result = now.tv_sec;
    return now.tv_sec;
}

/* Deadlines are in the function's time; the kernel waits in its own. */
static struct timespec in_real_time(const struct timespec *deadline) {
    struct timespec real = *deadline;
    add(&real, -offset());
    return real;
}

static int enter_wait(pthread_cond_t *condition) {
    for (int i = 0; i < WAITS; i++) {
        if (waits[i].condition == NULL && !atomic_flag_test_and_set(&waits[i].lock)) {
            if (waits[i].condition == NULL) {
                waits[i].condition = condition;
                atomic_flag_clear(&waits[i].lock);
                return i;
            }
            atomic_flag_clear(&waits[i].lock);
        }
    }
    return -1;
}

static void leave_wait(int i) {
    if (i < 0) return;
    while (atomic_flag_test_and_set(&waits[i].lock)) sched_yield();
    waits[i].condition = NULL;
    atomic_flag_clear(&waits[i].lock);
}

int pthread_cond_timedwait(pthread_cond_t *restrict condition, pthread_mutex_t *restrict mutex, const struct timespec *restrict deadline) {
    if (!real_cond_timedwait) real_cond_timedwait = condition_function("pthread_cond_timedwait");
    int wait = enter_wait(condition);
    struct timespec real = in_real_time(deadline);
    int result = real_cond_timedwait(condition, mutex, &real);
    leave_wait(wait);
    return result;
}

int pthread_cond_clockwait(pthread_cond_t *restrict condition, pthread_mutex_t *restrict mutex, clockid_t clock, const struct timespec *restrict deadline) {
    int wait = enter_wait(condition);
    struct timespec real = in_real_time(deadline);
    int result = REAL(real_cond_clockwait, "pthread_cond_clockwait")(condition, mutex, clock, &real);
    leave_wait(wait);
    return result;
}

int sem_timedwait(sem_t *restrict semaphore, const struct timespec *restrict deadline) {
    static int (*real)(sem_t *, const struct timespec *);
    struct timespec moved = in_real_time(deadline);
    return REAL(real, "sem_timedwait")(semaphore, &moved);
}

int pthread_mutex_timedlock(pthread_mutex_t *restrict mutex, const struct timespec *restrict deadline) {
    static int (*real)(pthread_mutex_t *, const struct timespec *);
    struct timespec moved = in_real_time(deadline);
    return REAL(real, "pthread_mutex_timedlock")(mutex, &moved);
}

int clock_nanosleep(clockid_t clock, int flags, const struct timespec *request, struct timespec *remain) {
    static int (*real)(clockid_t, int, const struct timespec *, struct timespec *);
    struct timespec moved = flags & TIMER_ABSTIME && is_moved(clock) ? in_real_time(request) : *request;
    return REAL(real, "clock_nanosleep")(clock, flags, &moved, remain);
}

int timerfd_settime(int file, int flags, const struct itimerspec *value, struct itimerspec *old) {
    static int (*real)(int, int, const struct itimerspec *, struct itimerspec *);
    struct itimerspec moved = *value;
    if (flags & TFD_TIMER_ABSTIME && (moved.it_value.tv_sec || moved.it_value.tv_nsec)) moved.it_value = in_real_time(&value->it_value);
    return REAL(real, "timerfd_settime")(file, flags, &moved, old);
}

static void tell(int file, uint32_t kind) {
    if (!page) return;
    uint64_t number = atomic_fetch_add(&page->written, 1);
    struct event *event = &page->events[number % EVENTS];
    struct sockaddr_storage local;
    socklen_t length = sizeof local;
    atomic_store(&event->sequence, 0);
    event->kind = kind;
    event->family = remotes[file].family;
    event->remote_port = remotes[file].port;
    memcpy(event->address, remotes[file].address, 16);
    event->local_port = 0;
    if (getsockname(file, (struct sockaddr *)&local, &length) == 0) event->local_port = ntohs(((struct sockaddr_in *)&local)->sin_port);
    /* The kernel's struct, which is longer than the one in older headers: bytes_received at 128, bytes_sent at 200. */
    uint64_t info[64] = { 0 };
    length = sizeof info;
    int known = getsockopt(file, IPPROTO_TCP, TCP_INFO, info, &length) == 0;
    event->received = known && length >= 136 ? info[16] : 0;
    event->sent = known && length >= 208 ? info[25] : 0;
    atomic_store(&event->sequence, number + 1);
}

static int is_stream(int file) {
    int type = 0;
    socklen_t length = sizeof type;
    return getsockopt(file, SOL_SOCKET, SO_TYPE, &type, &length) == 0 && type == SOCK_STREAM;
}

int connect(int file, const struct sockaddr *address, socklen_t length) {
    int result = REAL(real_connect, "connect")(file, address, length);
    int error = errno;
    if (file >= 0 && file < FILES && (result == 0 || error == EINPROGRESS) && (address->sa_family == AF_INET || address->sa_family == AF_INET6) && is_stream(file)) {
        remotes[file].family = address->sa_family;
        remotes[file].port = ntohs(((const struct sockaddr_in *)address)->sin_port);
        memset(remotes[file].address, 0, 16);
        if (address->sa_family == AF_INET) memcpy(remotes[file].address, &((const struct sockaddr_in *)address)->sin_addr, 4);
        else memcpy(remotes[file].address, &((const struct sockaddr_in6 *)address)->sin6_addr, 16);
        tracked[file] = 1;
        tell(file, OPENED);
    }
    errno = error;
    return result;
}

int close(int file) {
    if (file >= 0 && file < FILES && tracked[file] && atomic_exchange(&tracked[file], 0)) tell(file, CLOSED);
    return REAL(real_close, "close")(file);
}

static ssize_t checked(int file, ssize_t result) {
    if (result < 0 && file >= 0 && file < FILES && tracked[file]) {
        int error = errno;
        if (error == EPIPE || error == ECONNRESET || error == ECONNABORTED || error == ENOTCONN || error == ETIMEDOUT || error == ESHUTDOWN) tell(file, USED_DEAD);
        errno = error;
    }
    return result;
}

ssize_t send(int file, const void *data, size_t length, int flags) { return checked(file, REAL(real_send, "send")(file, data, length, flags)); }
ssize_t sendmsg(int file, const struct msghdr *message, int flags) { return checked(file, REAL(real_sendmsg, "sendmsg")(file, message, flags)); }
ssize_t recv(int file, void *data, size_t length, int flags) { return checked(file, REAL(real_recv, "recv")(file, data, length, flags)); }
ssize_t recvmsg(int file, struct msghdr *message, int flags) { return checked(file, REAL(real_recvmsg, "recvmsg")(file, message, flags)); }
ssize_t write(int file, const void *data, size_t length) { return checked(file, REAL(real_write, "write")(file, data, length)); }
ssize_t read(int file, void *data, size_t length) { return checked(file, REAL(real_read, "read")(file, data, length)); }

static void end_connections(void) {
    for (int file = 0; file < FILES; file++) {
        if (tracked[file] && remotes[file].port != page->api_port) shutdown(file, SHUT_RDWR);
    }
}

static void *follow(void *turn_at_start) {
    prctl(PR_SET_NAME, "warmcontext");
    uint32_t seen = (uint32_t)(uintptr_t)turn_at_start;
    for (;;) {
        syscall(SYS_futex, &page->turn, FUTEX_WAIT, seen, NULL, NULL, 0);
        uint32_t turn = atomic_load(&page->turn);
        if (turn == seen) continue;
        seen = turn;
        if (atomic_load(&page->cut)) end_connections();
        for (int i = 0; i < WAITS; i++) {
            while (atomic_flag_test_and_set(&waits[i].lock)) sched_yield();
            if (waits[i].condition) pthread_cond_broadcast(waits[i].condition);
            atomic_flag_clear(&waits[i].lock);
        }
        if (getpid() == (pid_t)page->runtime) atomic_store(&page->done, turn);
    }
    return NULL;
}

__attribute__((constructor)) static void load(void) {
    const char *path = getenv("WARMCONTEXT_PRELOAD_PAGE");
    if (!path) return;
    int file = open(path, O_RDWR | O_CLOEXEC);
    if (file < 0) return;
    void *mapped = mmap(NULL, sizeof(struct page), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    REAL(real_close, "close")(file);
    if (mapped == MAP_FAILED) return;
    REAL(real_clock_gettime, "clock_gettime");
    real_cond_timedwait = condition_function("pthread_cond_timedwait");
    page = mapped;
    atomic_store(&page->loaded, (uint32_t)getpid());

    /* Its thread takes no signals: they are the function's. */
    sigset_t all, before;
    pthread_t thread;
    pthread_attr_t attributes;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, 64 * 1024);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    /* The thread may get its first turn on a CPU only after a freeze; it is told where it starts from, so as to miss nothing. */
    pthread_create(&thread, &attributes, follow, (void *)(uintptr_t)atomic_load(&page->turn));
    pthread_attr_destroy(&attributes);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}
