import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;

/** The consumers of a driver, by client. */
final class Consumers {
    private final Map<String, KafkaConsumer<String, String>> open = new ConcurrentHashMap<>();

    /** Carries out a command if it is one of a consumer, and says whether it is. */
    boolean carryOut(String verb, JsonNode command, Map<String, Object> answer) {
        String client = command.path("client").asText();
        KafkaConsumer<String, String> c = open.get(client);
        switch (verb) {
            case "consumer" -> {
                c = connect(Driver.settings(command));
                c.subscribe(List.of(command.path("topic").asText()), new Listener(client));
                open.put(client, c);
            }
            case "poll" -> answer.put("records", poll(c, command.path("records").asInt(), command.path("ms").asInt()));
            case "commit" -> c.commitSync(Duration.ofSeconds(10));
            case "commit-offset" -> c.commitSync(Map.of(
                    new TopicPartition(command.path("topic").asText(), command.path("partition").asInt()),
                    new OffsetAndMetadata(command.path("offset").asLong())), Duration.ofSeconds(10));
            case "assignment" -> answer.put("assignment", partitions(c.assignment()));
            case "generation" -> answer.put("generation", c.groupMetadata().generationId());
            case "close" -> c.close();
            case "describe" -> describe(command, answer);
            case "log" -> answer.put("records", log(command));
            default -> {
                return false;
            }
        }
        return true;
    }

    private static KafkaConsumer<String, String> connect(Properties settings) {
        return new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer());
    }

    /** Polls until there are so many records, or for so long. */
    private static List<String> poll(KafkaConsumer<String, String> c, int records, int ms) {
        List<String> out = new ArrayList<>();
        long end = System.nanoTime() + ms * 1_000_000L;
        do {
            c.poll(Duration.ofMillis(20)).forEach(r -> out.add(text(r)));
        } while (out.size() < records && System.nanoTime() < end);
        return out;
    }

    /** Reads a partition from its beginning to where it ends now. */
    private static List<String> log(JsonNode command) {
        var place = new TopicPartition(command.path("topic").asText(), command.path("partition").asInt());
        try (var c = connect(Driver.settings(command))) {
            c.assign(List.of(place));
            c.seekToBeginning(List.of(place));
            long end = c.endOffsets(List.of(place)).get(place);
            List<String> out = new ArrayList<>();
            while (c.position(place) < end) {
                c.poll(Duration.ofMillis(100)).forEach(r -> out.add(r.value().strip()));
            }
            return out;
        }
    }

    /**
     * Answers with the partitions of a topic and the in-sync replicas of the first, as
     * the node has it that is given. (A client that knows more nodes may ask one that was
     * stopped, and is behind.)
     */
    private static void describe(JsonNode command, Map<String, Object> answer) {
        try (var c = connect(Driver.settings(command))) {
            var partitions = c.partitionsFor(command.path("topic").asText(), Duration.ofSeconds(5));
            answer.put("partitions", partitions.size());
            for (var p : partitions) {
                if (p.partition() == 0) {
                    answer.put("inSync", p.inSyncReplicas().length);
                    answer.put("leader", p.leader() == null ? -1 : p.leader().id());
                }
            }
        }
    }

    private static String text(ConsumerRecord<String, String> r) {
        return r.partition() + "@" + r.offset() + "=" + r.value().strip();
    }

    private static List<Integer> partitions(Collection<TopicPartition> places) {
        return places.stream().map(TopicPartition::partition).sorted().toList();
    }

    /** Prints what a consumer is told of its partitions. */
    private record Listener(String client) implements ConsumerRebalanceListener {
        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> places) {
            Driver.event("assigned", "client", client, "partitions", partitions(places));
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> places) {
            Driver.event("revoked", "client", client, "partitions", partitions(places));
        }

        @Override
        public void onPartitionsLost(Collection<TopicPartition> places) {
            Driver.event("lost", "client", client, "partitions", partitions(places));
        }
    }
}
