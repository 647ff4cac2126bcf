import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;

/**
 * What an administrator does, each time by a new client: it knows of one node only, so
 * that it is not held up by another that it knows and that was stopped.
 */
final class Admins {
    /** Carries out a command if it is one of an administrator, and says whether it is. */
    boolean carryOut(String verb, JsonNode command, Map<String, Object> answer) throws Exception {
        var settings = new Properties();
        settings.put("bootstrap.servers", command.path("servers").asText());
        settings.put("request.timeout.ms", "1500");
        settings.put("default.api.timeout.ms", "5000");
        try (Admin a = Admin.create(settings)) {
            return carryOut(a, verb, command, answer);
        }
    }

    private static boolean carryOut(Admin a, String verb, JsonNode command, Map<String, Object> answer) throws Exception {
        String topic = command.path("topic").asText();
        switch (verb) {
            case "create" -> create(a, topic, command);
            case "expand" -> a.createPartitions(Map.of(topic, NewPartitions.increaseTo(command.path("to").asInt()))).all().get();
            case "configure" -> configure(a, topic, Driver.settings(command));
            case "quorum-leader" -> answer.put("node", a.describeMetadataQuorum().quorumInfo().get().leaderId());
            case "committed" -> answer.put("committed", committed(a, command));
            case "group" -> answer.put("state", a.describeConsumerGroups(List.of(command.path("group").asText()))
                    .all().get().values().iterator().next().groupState().toString());
            case "prefer" -> a.electLeaders(ElectionType.PREFERRED, Set.of(new TopicPartition(topic, 0))).all().get();
            case "delete" -> a.deleteRecords(Map.of(new TopicPartition(topic, 0),
                    RecordsToDelete.beforeOffset(command.path("before").asLong()))).all().get();
            case "epoch" -> answer.put("epoch", epoch(a, topic));
            default -> {
                return false;
            }
        }
        return true;
    }

    /** Creates a topic; "replicas" are the nodes of every partition, the leader first. */
    private static void create(Admin a, String topic, JsonNode command) throws Exception {
        List<Integer> nodes = new ArrayList<>();
        command.path("replicas").forEach(n -> nodes.add(n.asInt()));
        Map<Integer, List<Integer>> replicas = new HashMap<>();
        for (int p = 0; p < command.path("partitions").asInt(); p++) {
            replicas.put(p, nodes);
        }
        Map<String, String> settings = new HashMap<>();
        Driver.settings(command).forEach((name, value) -> settings.put((String) name, (String) value));
        a.createTopics(List.of(new NewTopic(topic, replicas).configs(settings))).all().get();
    }

    private static void configure(Admin a, String topic, Properties settings) throws Exception {
        List<AlterConfigOp> ops = new ArrayList<>();
        settings.forEach((name, value) -> ops.add(
                new AlterConfigOp(new ConfigEntry((String) name, (String) value), AlterConfigOp.OpType.SET)));
        a.incrementalAlterConfigs(Map.of(new ConfigResource(ConfigResource.Type.TOPIC, topic), ops)).all().get();
    }

    /** Returns the committed offset of a partition, or -1. */
    private static long committed(Admin a, JsonNode command) throws Exception {
        var place = new TopicPartition(command.path("topic").asText(), command.path("partition").asInt());
        var all = a.listConsumerGroupOffsets(command.path("group").asText()).partitionsToOffsetAndMetadata().get();
        return all.get(place) == null ? -1 : all.get(place).offset();
    }

    /** Returns the newest epoch of any producer that partition 0 knows, or -1. */
    private static int epoch(Admin a, String topic) throws Exception {
        var place = new TopicPartition(topic, 0);
        return a.describeProducers(List.of(place)).partitionResult(place).get().activeProducers().stream()
                .mapToInt(p -> p.producerEpoch()).max().orElse(-1);
    }

    /** Waits until a cluster has so many brokers and serves requests. */
    static void ready(String servers, int nodes, int seconds) throws Exception {
        var settings = new Properties();
        settings.put("bootstrap.servers", servers);
        settings.put("request.timeout.ms", "2000");
        settings.put("default.api.timeout.ms", "4000");
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        while (true) {
            try (Admin a = Admin.create(settings)) {
                if (a.describeCluster().nodes().get().size() == nodes) {
                    return;
                }
            } catch (java.util.concurrent.ExecutionException e) {
                // not yet
            }
            if (System.nanoTime() > end) {
                System.err.println("the cluster is not ready after " + seconds + " s; see node-*/server.log");
                System.exit(1);
            }
            Thread.sleep(200);
        }
    }
}
