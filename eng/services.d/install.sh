# shellcheck shell=bash
# Sourced by eng/services: Debian's packages, installed without starting any server of their own.

install_log=/var/log/warmcontext-install.log

# install_parts NAME...: installs those parts that are missing, all of them at once; says which, or what to do where that isn't possible.
install_parts() {
    find_missing "$@"
    ((${#missing[@]} > 0)) || return 0
    ((EUID == 0)) && command -v apt-get >/dev/null || explain_by_hand "${missing[@]}"

    # One at a time on a machine: apt-get's own locks are not waited for by all that it does.
    exec 8>/run/warmcontext-install.lock
    flock -w 1800 8 || die "another run has been installing for half an hour; find it with: fuser /run/warmcontext-install.lock"
    find_missing "$@"
    if ((${#missing[@]} > 0)); then
        local names=("${missing[@]}") packages
        read -ra packages <<<"$(packages_of "${names[@]}")"
        say "installing $(titles_of "${names[@]}") from Debian's packages (details in $install_log)"
        apt_install "${packages[@]}" >"$install_log" 2>&1 || die "apt-get could not install ${packages[*]}; the end of $install_log: $(tail -n 15 "$install_log")"
        find_missing "${names[@]}"
        ((${#missing[@]} == 0)) || die "after installing ${packages[*]} there is still missing: $(titles_of "${missing[@]}")"
    fi
    exec 8>&-
}

# Sets the array missing to those of the parts named that aren't there.
find_missing() {
    local name
    missing=()
    for name in "$@"; do
        is_installed "$name" || missing+=("$name")
    done
}

titles_of() {
    local name titles=''
    for name in "$@"; do
        titles+="${titles:+, }$(part_field "$name" 3)"
    done
    echo "$titles"
}

packages_of() {
    local name packages=''
    for name in "$@"; do
        packages+="${packages:+ }$(part_field "$name" 2)"
    done
    echo "$packages"
}

explain_by_hand() {
    local message="not installed: $(titles_of "$@"). Installing takes root and apt-get. Do one of these:
  - have this script install it:   sudo eng/services install $*
  - or install it yourself:        sudo apt-get install --no-install-recommends $(packages_of "$@")"
    if [[ " $* " == *' postgres '* || " $* " == *' s3 '* ]]; then
        message+="
  - or use containers as servers:  docker compose up --detach --wait   (then set the variables shown in compose.yaml)
  - or use servers of your own:    set WARMCONTEXT_POSTGRES, and WARMCONTEXT_S3_ENDPOINT, WARMCONTEXT_S3_ACCESS_KEY and WARMCONTEXT_S3_SECRET_KEY"
    fi
    die "$message"
}

# In a subshell, so that its trap and its temporary files end with it.
apt_install() (
    # Debian starts a server as soon as its package is installed, and creates a PostgreSQL cluster. We want the programs only.
    policy=/usr/sbin/policy-rc.d
    no_cluster=/etc/postgresql-common/createcluster.d/warmcontext.conf
    placed=()
    trap '((${#placed[@]} == 0)) || rm -f "${placed[@]}"' EXIT
    if [[ ! -e $policy ]]; then
        placed+=("$policy")
        printf '#!/bin/sh\nexit 101\n' >"$policy"
        chmod 755 "$policy"
    fi
    placed+=("$no_cluster")
    mkdir -p "$(dirname "$no_cluster")"
    echo 'create_main_cluster = false' >"$no_cluster"

    pgbouncer_was_here=$(is_installed pgbouncer && echo yes || true)
    install=(apt-get install --yes --quiet --no-install-recommends -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 "$@")
    export DEBIAN_FRONTEND=noninteractive
    # Package lists may be absent (container images) or so old that their files are gone: refresh them, then try again.
    if ! detached_from_locks "${install[@]}"; then
        detached_from_locks apt-get update --quiet
        detached_from_locks "${install[@]}"
    fi
    # The tests start their own PgBouncer; a system-wide one must not appear at the next boot.
    if [[ -z $pgbouncer_was_here ]] && command -v systemctl >/dev/null; then
        systemctl disable --quiet pgbouncer.service 2>/dev/null || true
    fi
)

detached_from_locks() {
    "$@" </dev/null 8>&- 9>&-
}
