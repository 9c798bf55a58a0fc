# shellcheck shell=bash
# Sourced by eng/services: one PostgreSQL server with scram passwords on loopback.
# shellcheck disable=SC2154 # the settings are assigned in eng/services

postgres_home=$services_dir/postgres
postgres_data=$postgres_home/data
postgres_log=$postgres_home/server.log

# The folder with the server programs: Debian keeps one per major version, off the PATH. Prefers the version the data was made with.
postgres_bin() {
    local wanted='' folder
    [[ ! -r $postgres_data/PG_VERSION ]] || wanted=/usr/lib/postgresql/$(<"$postgres_data/PG_VERSION")/bin
    if [[ -n $wanted && -x $wanted/postgres ]]; then
        echo "$wanted"
        return
    fi
    folder=$(printf '%s\n' /usr/lib/postgresql/*/bin | sort -V | tail -n 1)
    [[ -x $folder/initdb ]] || folder=$(dirname "$(command -v initdb || true)")
    [[ -x $folder/initdb && -x $folder/postgres && -x $folder/psql ]] && echo "$folder"
}

# PostgreSQL refuses to run as root.
as_server_user() {
    if ((EUID == 0)); then
        (cd / && runuser -u postgres -- "$@")
    else
        "$@"
    fi
}

postgres_query() {
    PGPASSWORD=$postgres_password PGCONNECT_TIMEOUT=5 "$(postgres_bin)/psql" -X -w -h 127.0.0.1 -p "$postgres_port" -U "$postgres_user" -d "$postgres_database" -Atqc "$1" 2>/dev/null
}

postgres_answers() {
    is_installed postgres && [[ $(postgres_query 'select 1') == 1 ]]
}

postgres_pid() {
    own_pid "$postgres_data/postmaster.pid" "$postgres_data"
}

postgres_up() {
    ((EUID != 0)) || id postgres >/dev/null 2>&1 || die "PostgreSQL will not run as root and there is no user 'postgres'; run eng/services as another user"
    ! postgres_answers || return 0
    if postgres_pid >/dev/null; then
        # Ours is there but starting, recovering, or deaf.
        ! wait_until 60 postgres_answers || return 0
        postgres_down
    fi
    require_free_port "$postgres_port" WARMCONTEXT_POSTGRES_PORT PostgreSQL
    say "starting PostgreSQL on 127.0.0.1:$postgres_port"
    # Data left by a killed server is recovered by PostgreSQL itself; data it cannot recover is throw-away.
    postgres_start || {
        say "the data in $postgres_data is unusable: starting with new data"
        postgres_down
        rm -rf "$postgres_data"
        postgres_start || die "PostgreSQL did not start; the end of $postgres_log: $(tail -n 15 "$postgres_log" 2>/dev/null)"
    }
}

postgres_start() {
    postgres_create_data && postgres_launch && wait_until 60 postgres_answers
}

postgres_create_data() {
    if [[ -r $postgres_data/PG_VERSION && $("$(postgres_bin)/postgres" --version) == *" $(<"$postgres_data/PG_VERSION")."* ]]; then
        return
    fi
    mkdir -p "$postgres_home"
    rm -rf "$postgres_data" "$postgres_data.new"
    ((EUID != 0)) || chown postgres: "$postgres_home"
    chmod 700 "$postgres_home"
    # Made under another name: a killed initdb never leaves half a data folder under the real one.
    (umask 022 && echo "$postgres_password" >"$services_dir/postgres.password")
    as_server_user "$(postgres_bin)/initdb" --pgdata="$postgres_data.new" --username="$postgres_user" --pwfile="$services_dir/postgres.password" \
        --auth=scram-sha-256 --encoding=UTF8 --locale=C --no-sync >"$services_dir/initdb.log" 2>&1 </dev/null ||
        die "initdb failed: $(tail -n 15 "$services_dir/initdb.log")"
    rm -f "$services_dir/postgres.password"
    # The database too is made before anybody can connect: a server that answers is ready.
    as_server_user "$(postgres_bin)/postgres" --single -D "$postgres_data.new" postgres <<<"create database $postgres_database" >>"$services_dir/initdb.log" 2>&1 ||
        die "the database could not be created: $(tail -n 15 "$services_dir/initdb.log")"
    mv "$postgres_data.new" "$postgres_data"
}

# No Unix socket: its path may not exceed 107 bytes, and everybody uses TCP. No fsync: the data is throw-away, and
# a killed server process loses nothing by it.
postgres_launch() {
    postgres_pid >/dev/null || rm -f "$postgres_data/postmaster.pid" # a dead server's; its number may be another process's by now
    detached "$services_dir/postgres-control.log" as_server_user "$(postgres_bin)/pg_ctl" start --pgdata="$postgres_data" --log="$postgres_log" --wait --timeout=60 \
        --options="-c listen_addresses=127.0.0.1 -c port=$postgres_port -c unix_socket_directories='' -c max_connections=200 -c fsync=off"
}

postgres_restart() {
    postgres_pid >/dev/null || die "there is no PostgreSQL of ours to restart; start it with: eng/services up postgres"
    postgres_stop
    # Not pg_ctl restart, which leaves out --pgdata, by which we know our server.
    postgres_launch && wait_until 60 postgres_answers ||
        die "PostgreSQL did not come back; the end of $postgres_log: $(tail -n 15 "$postgres_log" 2>/dev/null)"
    postgres_describe
}

postgres_stop() {
    local pid
    pid=$(postgres_pid) || return 1
    as_server_user "$(postgres_bin)/pg_ctl" stop --pgdata="$postgres_data" --mode=fast --wait --timeout=30 >/dev/null 2>&1 </dev/null 9>&- || kill -9 "$pid" 2>/dev/null || true
    wait_until 10 ended "$pid" || true
}

postgres_down() {
    if postgres_stop; then
        say "PostgreSQL stopped"
    else
        say "PostgreSQL is not running"
    fi
}

postgres_describe() {
    say "PostgreSQL $(postgres_query 'show server_version' | cut -d' ' -f1) answers at 127.0.0.1:$postgres_port"
}

postgres_describe_absence() {
    if ! is_installed postgres; then
        say "PostgreSQL is not installed"
    elif postgres_pid >/dev/null; then
        say "PostgreSQL runs but does not answer at 127.0.0.1:$postgres_port; its log is $postgres_log"
    else
        say "PostgreSQL is not running"
    fi
}
