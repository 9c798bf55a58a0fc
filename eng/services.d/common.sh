# shellcheck shell=bash
# Sourced by eng/services: messages, settings, the lock, and processes that are surely ours.
# shellcheck disable=SC2154 # the settings are assigned in eng/services

say() {
    echo "eng/services: $*"
}

die() {
    echo "eng/services: error: $*" >&2
    exit 1
}

check_port() {
    local variable=$1 value=$2
    [[ $value =~ ^[0-9]{1,5}$ ]] && ((10#$value >= 1024 && 10#$value <= 65534)) ||
        die "$variable is '$value'; it must be a port number from 1024 to 65534"
}

check_settings() {
    check_port WARMCONTEXT_POSTGRES_PORT "$postgres_port"
    check_port WARMCONTEXT_S3_PORT "$s3_port"
    # The path goes into configuration files and command lines of programs with their own ideas of quoting.
    [[ $services_dir =~ ^/[A-Za-z0-9/._+@=,-]+$ ]] ||
        die "WARMCONTEXT_SERVICES_DIR is '$services_dir'; it must be an absolute path of letters, digits and / . _ + @ = , -"
}

# Creates the directory if need be, refuses one that is not ours, and waits for whoever else is starting or stopping services.
take_lock() {
    local marker=$services_dir/.warmcontext-services
    mkdir -p "$services_dir" 2>/dev/null || die "cannot create the directory $services_dir; set WARMCONTEXT_SERVICES_DIR to one that can be written"
    [[ -O $services_dir ]] || die "$services_dir belongs to another user; set WARMCONTEXT_SERVICES_DIR to a directory of your own"
    if [[ ! -e $marker ]]; then
        [[ -z $(ls -A "$services_dir") || -e $marker ]] ||
            die "$services_dir holds files that are not ours; set WARMCONTEXT_SERVICES_DIR to a new or empty directory"
        : >"$marker"
    fi
    chmod 755 "$services_dir" # as root, the servers' own user must reach its folder in it
    exec 9>"$services_dir/lock"
    flock -w 600 9 || die "another run has held $services_dir/lock for ten minutes; find it with: fuser $services_dir/lock"
}

# Starts a daemon without the lock and without our output: whoever reads that output would otherwise wait for the daemon to end.
detached() {
    local log=$1
    shift
    "$@" </dev/null >>"$log" 2>&1 9>&-
}

# Prints the pid in a pid file, if that process lives and has the given argument (a path only our servers are started with).
# A pid alone proves nothing: after a crash or a reboot the number may belong to anybody.
own_pid() {
    local pid_file=$1 argument=$2 pid
    [[ -r $pid_file ]] && read -r pid <"$pid_file" 2>/dev/null || return 1
    [[ $pid =~ ^[0-9]+$ && -r /proc/$pid/cmdline ]] || return 1
    tr '\0' '\n' <"/proc/$pid/cmdline" 2>/dev/null | grep -Fxq -- "$argument" || return 1
    echo "$pid"
}

# Whether a process has ended for good, its ports with it. A zombie has, even if nobody ever collects it, but only once its last thread is gone:
# until then the ports are still taken.
ended() {
    [[ -r /proc/$1/stat ]] || return 0
    grep -q '^[0-9]* (.*) Z' "/proc/$1/stat" 2>/dev/null || { [[ ! -r /proc/$1/stat ]]; return; }
    local threads=("/proc/$1/task"/*)
    ((${#threads[@]} <= 1))
}

listening() {
    (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

require_free_port() {
    local port=$1 variable=$2 purpose=$3
    ! listening "$port" || die "port $port, wanted for $purpose, is taken by another program; stop it, or set $variable to another port"
}

# Runs a check until it succeeds, for as many seconds as given.
wait_until() {
    local seconds=$1 end
    shift
    end=$((SECONDS + seconds))
    until "$@"; do
        ((SECONDS < end)) || return 1
        sleep 0.2
    done
}
