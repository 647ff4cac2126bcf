import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * What requests and records take of the processor, by the kind of thread: a table of
 * microseconds. Processor time depends less on what else the machine does than
 * throughput and latency do.
 *
 * <p>java Costs BOOTSTRAP PID... where PID are the nodes. With several nodes each record
 * is replicated to all of them.
 */
public final class Costs {
    private static final Pattern THREAD = Pattern.compile("^\"([^\"]+)\".* cpu=([0-9.]+)ms");
    private static final int SMALL = 100; // bytes of a record

    private final String bootstrap;
    private final List<String> nodes;

    private Costs(String bootstrap, List<String> nodes) {
        this.bootstrap = bootstrap;
        this.nodes = nodes;
    }

    public static void main(String[] args) throws Exception {
        Costs costs = new Costs(args[0], List.of(args).subList(1, args.length));
        System.out.println("| what | requests | records in one | network | handler | replica | sender | application, a record |");
        System.out.println("|---|---|---|---|---|---|---|---|");
        // The first of each two is for the compiler of the virtual machine.
        costs.row("", SMALL, 1, 50_000);
        costs.row("one record of 100 B", SMALL, 1, 50_000);
        costs.row("ten of 100 B", SMALL, 1_500, 300_000);
        costs.row("", SMALL, 16_384, 2_000_000);
        costs.row("a batch of 16 KiB", SMALL, 16_384, 2_000_000);
        costs.row("one record of 100 KB", 100_000, 1, 5_000);
    }

    /** Sends records and reads them, in batches of a size, and prints what that took. */
    private void row(String what, int size, int batch, int records) throws Exception {
        String topic = "costs-" + System.nanoTime();
        Properties admins = new Properties();
        admins.put("bootstrap.servers", bootstrap);
        try (Admin admin = Admin.create(admins)) {
            admin.createTopics(List.of(new NewTopic(topic, 1, (short) nodes.size()))).all().get();
            produce(what, topic, size, batch, records);
            consume(what, topic, 1, records);
            consume(what, topic, 1 << 20, records);
            admin.deleteTopics(List.of(topic)).all().get();
        }
    }

    private void produce(String what, String topic, int size, int batch, int records) throws Exception {
        Properties p = new Properties();
        p.put("bootstrap.servers", bootstrap);
        p.put("batch.size", Integer.toString(batch));
        p.put("linger.ms", batch == 1 ? "0" : "5");
        p.put("key.serializer", ByteArraySerializer.class.getName());
        p.put("value.serializer", ByteArraySerializer.class.getName());
        byte[] key = new byte[10];
        byte[] value = new byte[size - key.length];
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(p)) {
            producer.send(new ProducerRecord<>(topic, key, value)).get();
            double before = total(producer.metrics(), "producer-metrics", "request-total");
            Map<String, Double> took = threads();
            for (int i = 0; i < records; i++) {
                producer.send(new ProducerRecord<>(topic, key, value));
            }
            producer.flush();
            print("send, " + what, total(producer.metrics(), "producer-metrics", "request-total") - before, records, took);
        }
    }

    private void consume(String what, String topic, int most, int records) throws Exception {
        if (most == 1 && records > 100_000) {
            return; // a fetch for each batch: as for one record
        }
        Properties p = new Properties();
        p.put("bootstrap.servers", bootstrap);
        p.put("key.deserializer", ByteArrayDeserializer.class.getName());
        p.put("value.deserializer", ByteArrayDeserializer.class.getName());
        p.put("enable.auto.commit", "false");
        p.put("max.partition.fetch.bytes", Integer.toString(most));
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(p)) {
            TopicPartition partition = new TopicPartition(topic, 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            int read = 0;
            while (read == 0) {
                read += consumer.poll(Duration.ofSeconds(1)).count();
            }
            int first = read;
            double before = total(consumer.metrics(), "consumer-fetch-manager-metrics", "fetch-total");
            Map<String, Double> took = threads();
            while (read < records) {
                read += consumer.poll(Duration.ofSeconds(1)).count();
            }
            double fetches = total(consumer.metrics(), "consumer-fetch-manager-metrics", "fetch-total") - before;
            print((most == 1 ? "fetch a batch, " : "fetch 1 MiB, ") + what, fetches, read - first, took);
        }
    }

    private void print(String what, double requests, int records, Map<String, Double> before) throws Exception {
        if (what.endsWith(", ")) {
            return;
        }
        Map<String, Double> after = threads();
        StringBuilder row = new StringBuilder(String.format("| %s | %.0f | %.1f |", what, requests, records / requests));
        for (String kind : List.of("network", "handler", "replica", "sender", "application")) {
            double by = kind.equals("application") ? records : requests;
            double took = (after.getOrDefault(kind, 0.0) - before.getOrDefault(kind, 0.0)) / by;
            row.append(String.format(took == 0 ? " |" : " %.2f |", took));
        }
        System.out.println(row);
    }

    /** The processor time of the threads of the nodes and of the clients, in microseconds. */
    private Map<String, Double> threads() throws Exception {
        Map<String, Double> out = new TreeMap<>();
        for (String pid : nodes) {
            Process dump = new ProcessBuilder("jcmd", pid, "Thread.print").start();
            try (BufferedReader lines = new BufferedReader(new InputStreamReader(dump.getInputStream()))) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    Matcher m = THREAD.matcher(line);
                    if (m.find()) {
                        out.merge(kind(m.group(1)), Double.parseDouble(m.group(2)) * 1000, Double::sum);
                    }
                }
            }
            dump.waitFor();
        }
        ThreadMXBean own = ManagementFactory.getThreadMXBean();
        for (long id : own.getAllThreadIds()) {
            var info = own.getThreadInfo(id);
            if (info != null) {
                out.merge(kind(info.getThreadName()), own.getThreadCpuTime(id) / 1000.0, Double::sum);
            }
        }
        return out;
    }

    private static String kind(String thread) {
        return thread.startsWith("data-plane-kafka-network") ? "network"
            : thread.startsWith("data-plane-kafka-request-handler") ? "handler"
            : thread.startsWith("ReplicaFetcherThread") ? "replica"
            : thread.startsWith("kafka-producer-network") ? "sender"
            : thread.equals("main") ? "application" : "other";
    }

    /** A metric of a client, over all of it. */
    private static double total(Map<MetricName, ? extends Metric> metrics, String group, String name) {
        double sum = 0;
        for (var e : metrics.entrySet()) {
            Map<String, String> tags = e.getKey().tags();
            if (e.getKey().group().equals(group) && e.getKey().name().equals(name)
                && !tags.containsKey("topic") && !tags.containsKey("node-id")) {
                sum += (Double) e.getValue().metricValue();
            }
        }
        return sum;
    }
}
