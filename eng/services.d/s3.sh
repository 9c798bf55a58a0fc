# shellcheck shell=bash
# Sourced by eng/services: the Ceph Object Gateway with one monitor and one OSD that keeps its objects in memory.
# shellcheck disable=SC2154 # the settings are assigned in eng/services

s3_home=$services_dir/s3
s3_conf=$s3_home/ceph.conf
s3_monitor_port=$((10#$s3_port + 1))

# s3_request METHOD PATH: a signed request; prints the status code. (This curl does not add the header that signature version 4 of S3 wants.)
s3_request() {
    curl --silent --header 'x-amz-content-sha256: UNSIGNED-PAYLOAD' --max-time 20 --output /dev/null --write-out '%{http_code}' --aws-sigv4 aws:amz:us-east-1:s3 --user "$s3_access_key:$s3_secret_key" \
        --request "$1" "${@:3}" "http://127.0.0.1:$s3_port$2" || true
}

# The bucket named so is created when all the rest is done. Without its OSD the gateway would keep us waiting.
s3_answers() {
    s3_all_alive && listening "$s3_port" && [[ $(s3_request GET /warmcontext-ready) == 200 ]]
}

s3_accepts() {
    [[ $(s3_request GET /) == 200 ]]
}

s3_pid() {
    own_pid "$s3_home/run/$1.pid" "$s3_conf"
}

s3_all_alive() {
    s3_pid mon.a >/dev/null && s3_pid osd.0 >/dev/null && s3_pid client.rgw >/dev/null
}

s3_up() {
    # While all three live, a missing answer means a busy machine: wait. The objects of a dead OSD are gone: start anew.
    ! s3_answers || return 0
    ! { s3_all_alive && wait_until 60 s3_answers; } || return 0
    s3_stop || true
    require_free_port "$s3_port" WARMCONTEXT_S3_PORT "the S3 gateway"
    require_free_port "$s3_monitor_port" "WARMCONTEXT_S3_PORT (the monitor takes the port after it)" "the S3 gateway's monitor"
    say "starting the Ceph Object Gateway on 127.0.0.1:$s3_port"
    s3_start || die "the Ceph Object Gateway did not start; the end of its logs in $s3_home/log: $(tail -q -n 5 "$s3_home"/log/*.log 2>/dev/null)"
}

s3_configure() {
    cat >"$s3_conf" <<CONF
[global]
fsid = $1
# Loopback only, in the clear, for one user: nothing here needs Ceph's own authentication.
public addr = 127.0.0.1
cluster addr = 127.0.0.1
mon host = v1:127.0.0.1:$s3_monitor_port
ms bind msgr2 = false
auth cluster required = none
auth service required = none
auth client required = none
keyring = $s3_home/keyring
# One copy of everything, in memory.
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd pool default pgp num = 1
osd crush chooseleaf type = 0
mon allow pool size one = true
osd objectstore = memstore
memstore device bytes = 8589934592
mon data = $s3_home/mon
osd data = $s3_home/osd
# A full disk elsewhere must not stop a server that keeps nothing on it.
mon data avail crit = 1
mon data avail warn = 2
# The monitor collects changes for a second before it decides on them; creating the gateway's pools is a chain of such decisions.
paxos propose interval = 0.05
paxos min wait = 0.01
run dir = $s3_home/run
pid file = $s3_home/run/\$name.pid
# Unix sockets may not have paths over 107 bytes, and nobody asks this one.
admin socket =
log file = $s3_home/log/\$name.log
mon cluster log file = $s3_home/log/cluster.log
[client.rgw]
# Without tcp_nodelay small answers wait some 40 ms for the client's delayed acknowledgement.
rgw frontends = beast endpoint=127.0.0.1:$s3_port tcp_nodelay=1
# Deleted objects would otherwise stay in memory for two hours.
rgw gc obj min wait = 60
rgw gc processor period = 60
rgw gc processor max time = 60
CONF
}

# Runs a Ceph program on our cluster, with a limit and without our lock; its output goes to a log.
s3_ceph() {
    detached "$s3_home/log/start.log" timeout 60 "$1" --conf "$s3_conf" "${@:2}"
}

s3_start() {
    local cluster_id osd_id
    cluster_id=$(uuidgen)
    osd_id=$(uuidgen)
    rm -rf "$s3_home"
    mkdir -p "$s3_home"/{mon,osd,run,log}
    s3_configure "$cluster_id"
    s3_ceph ceph-authtool --create-keyring "$s3_home/keyring" --gen-key --name mon. --cap mon 'allow *' &&
        s3_ceph ceph-authtool "$s3_home/keyring" --gen-key --name client.admin --cap mon 'allow *' --cap osd 'allow *' &&
        s3_ceph monmaptool --create --fsid "$cluster_id" --addv a "[v1:127.0.0.1:$s3_monitor_port]" "$s3_home/monmap" &&
        s3_ceph ceph-mon --id a --mkfs --monmap "$s3_home/monmap" --keyring "$s3_home/keyring" &&
        s3_ceph ceph-mon --id a --public-addr "127.0.0.1:$s3_monitor_port" &&
        wait_until 60 s3_ceph ceph osd new "$osd_id" && # again when it is refused: on a busy machine a fresh monitor answers before it knows its cluster's id
        s3_ceph ceph-osd --id 0 --mkfs --osd-uuid "$osd_id" &&
        wait_until 60 s3_ceph ceph-osd --id 0 && # for the same reason
        s3_ceph radosgw --name client.rgw &&
        wait_until 60 listening "$s3_port" &&
        s3_ceph radosgw-admin user create --uid=warmcontext --display-name=warmcontext --access-key="$s3_access_key" --secret="$s3_secret_key" &&
        wait_until 60 s3_accepts &&
        s3_first_use &&
        s3_answers
}

# The gateway creates its pools at the first bucket, object and multipart upload, which takes seconds; better now than in somebody's measurement.
s3_first_use() {
    local bucket=/warmcontext-first-use
    wait_until 60 s3_creates "$bucket" || { echo "the first bucket could not be created" >>"$s3_home/log/start.log"; return 1; }
    s3_request PUT "$bucket/object" --data 'x' >/dev/null
    s3_request POST "$bucket/parts?uploads=" >/dev/null
    s3_request DELETE "$bucket/object" >/dev/null
    wait_until 60 s3_creates /warmcontext-ready
}

# Creating one's own bucket again succeeds: a request that a busy machine was too slow for may be repeated.
s3_creates() {
    [[ $(s3_request PUT "$1") == 200 ]]
}

s3_stop() {
    local daemon pid stopped=1
    for daemon in client.rgw osd.0 mon.a; do
        pid=$(s3_pid "$daemon") || continue
        # Killed, not asked: when asked, the OSD would write all its objects to disk first, for nobody.
        kill -9 "$pid" 2>/dev/null || true
        wait_until 10 ended "$pid" || true
        stopped=0
    done
    return "$stopped"
}

s3_down() {
    if s3_stop; then
        say "the S3 gateway stopped"
    else
        say "the S3 gateway is not running"
    fi
}

s3_describe() {
    say "the Ceph Object Gateway answers at http://127.0.0.1:$s3_port (access key $s3_access_key, secret key $s3_secret_key)"
}

s3_describe_absence() {
    if ! is_installed s3; then
        say "the Ceph Object Gateway is not installed"
    elif s3_all_alive; then
        say "the S3 gateway runs but does not answer at http://127.0.0.1:$s3_port; its logs are in $s3_home/log"
    else
        say "the S3 gateway is not running"
    fi
}
