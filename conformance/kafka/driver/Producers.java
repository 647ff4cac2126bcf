import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

/** The producers of a driver, by client. */
final class Producers {
    /** Makes records so large that a batch which was made for one has no room for two. */
    private static final String PADDING = " ".repeat(200);

    private final Map<String, KafkaProducer<String, String>> open = new ConcurrentHashMap<>();

    /** Carries out a command if it is one of a producer, and says whether it is. */
    boolean carryOut(String verb, JsonNode command, Map<String, Object> answer) throws Exception {
        String client = command.path("client").asText();
        KafkaProducer<String, String> p = open.get(client);
        switch (verb) {
            case "producer" -> open.put(client,
                    new KafkaProducer<>(Driver.settings(command), new StringSerializer(), new StringSerializer()));
            case "send" -> send(p, client, command, command.path("value").asText());
            case "flush" -> p.flush();
            case "init" -> p.initTransactions();
            case "begin" -> p.beginTransaction();
            case "commit-transaction" -> p.commitTransaction();
            case "abort-transaction" -> p.abortTransaction();
            case "partitions" -> answer.put("partitions", p.partitionsFor(command.path("topic").asText()).size());
            default -> {
                return false;
            }
        }
        return true;
    }

    /**
     * Sends a record and prints how the send ended. With "resend" the callback sends
     * a failed record again, once, with an apostrophe behind its value.
     */
    private void send(KafkaProducer<String, String> p, String client, JsonNode command, String value) {
        Integer partition = command.has("partition") ? command.path("partition").asInt() : null;
        String key = command.has("key") ? command.path("key").asText() : null;
        var record = new ProducerRecord<>(command.path("topic").asText(), partition, key, value + PADDING);
        p.send(record, (position, failure) -> {
            if (failure == null) {
                Driver.event("ack", "client", client, "value", value, "partition", position.partition(),
                        "offset", position.offset());
                return;
            }
            Driver.event("failed", "client", client, "value", value, "error", failure.getClass().getSimpleName());
            if (command.path("resend").asBoolean() && !value.endsWith("'")) {
                send(p, client, command, value + "'");
            }
        });
    }
}
