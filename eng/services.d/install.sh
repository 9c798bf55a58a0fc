# shellcheck shell=bash
# Sourced by eng/services: Debian's packages, installed without starting any server of their own.

# ensure_installed NAME CHECK PACKAGE...: installs the packages unless CHECK succeeds.
ensure_installed() {
    local name=$1 check=$2
    shift 2
    ! "$check" || return 0
    if ((EUID != 0)) || ! command -v apt-get >/dev/null; then
        explain_by_hand "$name" "$@"
    fi
    local log=$services_dir/install.log
    say "installing $name from Debian's packages (details in $log)"
    apt_install "$@" >"$log" 2>&1 || die "apt-get could not install $*; the end of $log: $(tail -n 15 "$log")"
    "$check" || die "$name is still incomplete after installing $*"
}

explain_by_hand() {
    local name=$1
    shift
    die "$name is not installed, and installing it takes root and apt-get. Do one of these:
  - install it:          sudo apt-get install --no-install-recommends $*
  - or use containers:   docker compose up --detach --wait   (then set the variables shown in compose.yaml)
  - or use your servers: set WARMCONTEXT_POSTGRES, and WARMCONTEXT_S3_ENDPOINT, WARMCONTEXT_S3_ACCESS_KEY and WARMCONTEXT_S3_SECRET_KEY"
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

    pgbouncer_was_here=$(command -v pgbouncer || true)
    install=(apt-get install --yes --quiet --no-install-recommends -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 "$@")
    export DEBIAN_FRONTEND=noninteractive
    # Package lists may be absent (container images) or so old that their files are gone: refresh them, then try again.
    if ! detached_from_lock "${install[@]}"; then
        detached_from_lock apt-get update --quiet -o DPkg::Lock::Timeout=300
        detached_from_lock "${install[@]}"
    fi
    # The tests start their own PgBouncer; a system-wide one must not appear at the next boot.
    if [[ -z $pgbouncer_was_here ]] && command -v systemctl >/dev/null; then
        systemctl disable --quiet pgbouncer.service 2>/dev/null || true
    fi
)

detached_from_lock() {
    "$@" </dev/null 9>&-
}
