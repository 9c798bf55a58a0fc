# shellcheck shell=bash
# Sourced by eng/services: what can be installed, by name, and how to tell whether it is there.

# Each line: name, Debian's packages, and what people call it.
part_table='
postgres    | postgresql                                              | PostgreSQL
pgbouncer   | pgbouncer                                               | PgBouncer
s3          | ceph-mon ceph-osd ceph-common radosgw uuid-runtime curl | the Ceph Object Gateway
mariadb     | mariadb-server-core mariadb-client-core                 | MariaDB
aws-cli     | awscli                                                  | the AWS CLI
c-compiler  | gcc libc6-dev                                           | a C compiler
chromium    | chromium                                                | Chromium
curl        | curl                                                    | curl
native-aot  | clang zlib1g-dev                                        | what Native AOT needs (clang, headers of zlib)
debootstrap | debootstrap                                             | debootstrap
'

# part_field NAME NUMBER
part_field() {
    awk -F ' *[|] *' -v name="$1" -v number="$2" '$1 == name { print $number }' <<<"$part_table"
}

# What `dotnet test WarmContext.sln` needs; Ceph only where no other S3 server is named.
test_parts=(postgres pgbouncer s3 mariadb aws-cli c-compiler chromium curl)
[[ -z ${WARMCONTEXT_S3_ENDPOINT:-} ]] || test_parts=("${test_parts[@]/s3/}")

# The parts named on the command line: 'tests' stands for all that those need.
chosen_parts() {
    local name
    (($# > 0)) || die "say what to install: $(known_parts)"
    for name in "$@"; do
        [[ $name == tests || -n $(part_field "$name" 1) ]] || die "there is nothing called '$name' to install; there are: $(known_parts)"
    done
    echo "${@/#tests/${test_parts[*]}}"
}

known_parts() {
    awk 'BEGIN { printf "tests" } NF { printf ", %s", $1 }' <<<"$part_table"
}

is_installed() {
    case $1 in
        postgres) postgres_bin >/dev/null ;;
        pgbouncer) has_programs pgbouncer ;;
        s3) has_programs ceph ceph-mon ceph-osd ceph-authtool monmaptool radosgw radosgw-admin uuidgen curl ;;
        mariadb) has_programs mariadbd mariadb-install-db my_print_defaults ;;
        # A name on the PATH may be nothing but a version manager's stand-in: ask it.
        aws-cli) aws --version >/dev/null 2>&1 ;;
        c-compiler) c_compiler_works ;;
        chromium) has_programs chromium && chromium --version >/dev/null 2>&1 ;;
        curl) has_programs curl ;;
        debootstrap) has_programs debootstrap ;;
        native-aot) has_programs clang && [[ -e /usr/include/zlib.h ]] ;;
    esac
}

# Not everybody's PATH has the directories for administration.
has_programs() {
    local program
    for program in "$@"; do
        PATH=$PATH:/usr/sbin:/sbin command -v "$program" >/dev/null || return 1
    done
}

# A compiler without the C library's headers compiles nothing of use.
c_compiler_works() {
    cc -x c -fsyntax-only - 2>/dev/null <<<'#include <stdlib.h>'
}
