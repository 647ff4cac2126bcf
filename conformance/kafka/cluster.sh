#!/usr/bin/env bash
# A real Apache Kafka on this machine: ordinary Java processes on loopback, each
# broker and controller in one (KRaft).
#
#   ./cluster.sh fetch                   take Kafka from Maven, compile the driver
#   ./cluster.sh start N [NAME=VALUE]..  format and start N nodes, wait until they serve
#   ./cluster.sh restart I               start node I again that has ended
#   ./cluster.sh stop                    end them and remove their data
#   ./cluster.sh pid I                   print the process id of node I, from 1
#   ./cluster.sh costs N                 start N nodes, measure what requests take of their
#                                        processors and print it, stop them; minutes
#
# Node I listens on 127.0.0.1 at BASE_PORT+10*I: there for clients and brokers, one
# above it as a controller, and two above it for the clients of a proxy, who are
# told (advertised.listeners) to connect three above it. NAME=VALUE are settings of
# the brokers.
#
#   KAFKA_VERSION (of pom.xml)   which Kafka
#   BASE_PORT (29080)            the first port
#   JUDGE_DIR (a folder under TMPDIR)  where all that is not committed goes
#   LIFETIME (1800)              seconds after which a node ends whatever happens
#   HEAP (256m)                  of a node
#
# The exit code 77 says that Java, Maven or an artefact is missing: nothing is wrong
# but nothing was tested.
set -euo pipefail
cd "$(dirname "$0")"

dir=${JUDGE_DIR:-${TMPDIR:-/tmp}/orderlab-judge-$(id -u)}
base=${BASE_PORT:-29080}
# Any cluster id will do; it is 16 bytes in base64.
cluster_id=b3JkZXJsYWItanVkZ2UtMQ

missing() {
    printf 'SKIPPED: %s\n' "$1" >&2
    exit 77
}

fetch() {
    command -v java >/dev/null || missing "there is no java; install a JDK, 17 or later"
    command -v javac >/dev/null || missing "there is no javac; install a JDK, 17 or later, and not only a JRE"
    command -v mvn >/dev/null || missing "there is no mvn; install Maven 3.6 or later"
    mkdir -p "$dir"
    local version=()
    [ -z "${KAFKA_VERSION:-}" ] || version=("-Dkafka.version=$KAFKA_VERSION")
    mvn -q -B -f pom.xml "${version[@]}" dependency:build-classpath "-Dmdep.outputFile=$dir/classpath" \
        >"$dir/maven.log" 2>&1 || missing "Maven cannot provide Kafka; it says, in $dir/maven.log: $(grep -m1 ERROR "$dir/maven.log")"
    rm -rf "$dir/classes"
    javac -d "$dir/classes" -cp "$(<"$dir/classpath")" driver/*.java
}

classpath() {
    printf '%s:%s' "$dir/classes" "$(<"$dir/classpath")"
}

# settings prints the configuration of node I of N.
settings() {
    local i=$1 n=$2 voters="" j
    for ((j = 1; j <= n; j++)); do
        voters+=${voters:+,}$j@127.0.0.1:$((base + 10 * j + 1))
    done
    local port=$((base + 10 * i)) replicas=$n
    cat <<SETTINGS
process.roles=broker,controller
node.id=$i
controller.quorum.voters=$voters
listeners=DIRECT://127.0.0.1:$port,CONTROLLER://127.0.0.1:$((port + 1)),PROXIED://127.0.0.1:$((port + 2))
advertised.listeners=DIRECT://127.0.0.1:$port,PROXIED://127.0.0.1:$((port + 3))
listener.security.protocol.map=DIRECT:PLAINTEXT,PROXIED:PLAINTEXT,CONTROLLER:PLAINTEXT
inter.broker.listener.name=DIRECT
controller.listener.names=CONTROLLER
log.dirs=$dir/node-$i/data
auto.create.topics.enable=false
offsets.topic.replication.factor=$replicas
offsets.topic.num.partitions=1
transaction.state.log.replication.factor=$replicas
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=1
share.coordinator.state.topic.replication.factor=$replicas
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
group.consumer.min.heartbeat.interval.ms=500
group.consumer.heartbeat.interval.ms=500
SETTINGS
}

# listens waits until something listens at a port, that of node I.
listens() {
    local try
    for ((try = 0; try < 600; try++)); do
        if (: <"/dev/tcp/127.0.0.1/$1") 2>/dev/null; then return; fi
        sleep 0.1
    done
    printf 'node %s does not listen at port %s after a minute; see %s\n' "$2" "$1" "$dir/node-$2/server.log" >&2
    exit 1
}

# run starts the process of node I.
run() {
    NODE=$dir/node-$1 setsid timeout -k 5 "${LIFETIME:-1800}" bash -c 'echo $$ >"$NODE/pid"; exec "$@"' - \
        java "-Xmx${HEAP:-256m}" -XX:+UseSerialGC -cp "$(classpath)" kafka.Kafka "$dir/node-$1/server.properties" \
        >>"$dir/node-$1/server.log" 2>&1 </dev/null &
}

start() {
    [ -s "$dir/classpath" ] && [ -d "$dir/classes" ] || fetch
    local n=$1 i
    shift
    stop
    for ((i = 1; i <= n; i++)); do
        mkdir -p "$dir/node-$i"
        { settings "$i" "$n" && printf '%s\n' "$@"; } >"$dir/node-$i/server.properties"
        java -Xmx64m -cp "$(classpath)" kafka.tools.StorageTool format -t "$cluster_id" \
            -c "$dir/node-$i/server.properties" >"$dir/node-$i/format.log" 2>&1
    done
    for ((i = 1; i <= n; i++)); do
        run "$i"
    done
    for ((i = 1; i <= n; i++)); do
        listens "$((base + 10 * i))" "$i"
    done
    java -Xmx64m -Dorg.slf4j.simpleLogger.defaultLogLevel=error -cp "$(classpath)" \
        Driver ready "127.0.0.1:$((base + 10))" "$n" 60
}

stop() {
    local file pid
    for file in "$dir"/node-*/pid; do
        [ -s "$file" ] || continue
        pid=$(<"$file")
        # The data goes away, so nothing is lost by not asking first. The process
        # that the file names is ended only if it still is a node.
        if tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null | grep -q 'kafka\.Kafka'; then
            kill -KILL "$pid"
        fi
    done
    rm -rf "$dir"/node-*
}

# costs measures, and leaves nothing behind.
costs() {
    trap stop EXIT
    start "$1" >&2
    local pids=() i
    for ((i = 1; i <= $1; i++)); do
        pids+=("$(<"$dir/node-$i/pid")")
    done
    java -Xmx512m -XX:+UseSerialGC -Dorg.slf4j.simpleLogger.defaultLogLevel=error -cp "$(classpath)" \
        Costs "127.0.0.1:$((base + 10))" "${pids[@]}"
}

case "${1:-}" in
fetch) fetch ;;
start) start "${@:2}" ;;
restart) run "$2" && listens "$((base + 10 * $2))" "$2" ;;
stop) stop ;;
pid) cat "$dir/node-$2/pid" ;;
classpath) classpath ;;
costs) costs "${2:-1}" ;;
*)
    sed -n '2,/^set -/s/^# \{0,1\}//p' "$0"
    exit 2
    ;;
esac
