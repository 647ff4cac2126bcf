import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Real Kafka clients at the end of a pipe. Each line of the input is a command as
 * JSON, {"call": 1, "do": "send", "client": "p", ...}; each line of the output an
 * answer, {"call": 1, ...}, or what happened by itself, {"event": "ack", ...}.
 * Commands of one client are carried out one after another by a thread of its own,
 * as an application would; different clients go on side by side.
 */
public final class Driver {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long START = System.nanoTime();

    private final Map<String, ExecutorService> threads = new ConcurrentHashMap<>();
    private final Producers producers = new Producers();
    private final Consumers consumers = new Consumers();
    private final Admins admins = new Admins();

    public static void main(String[] args) throws Exception {
        if (args.length == 4 && args[0].equals("ready")) {
            Admins.ready(args[1], Integer.parseInt(args[2]), Integer.parseInt(args[3]));
            return;
        }
        new Driver().run();
        System.exit(0); // clients that still wait are left behind
    }

    private void run() throws Exception {
        var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            JsonNode command = JSON.readTree(line);
            String client = command.path("client").asText("");
            threads.computeIfAbsent(client, name -> Executors.newSingleThreadExecutor())
                    .execute(() -> carryOut(command));
        }
    }

    private void carryOut(JsonNode command) {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("call", command.path("call").asInt());
        try {
            String verb = command.path("do").asText();
            if (verb.equals("versions")) {
                answer.put("kafka", org.apache.kafka.common.utils.AppInfoParser.getVersion());
                answer.put("java", System.getProperty("java.version"));
                return;
            }
            boolean known = command.has("servers") ? admins.carryOut(verb, command, answer)
                    : producers.carryOut(verb, command, answer) || consumers.carryOut(verb, command, answer);
            if (!known) {
                throw new IllegalArgumentException("no command " + verb);
            }
        } catch (Throwable t) {
            Throwable cause = t instanceof java.util.concurrent.ExecutionException ? t.getCause() : t;
            answer.put("error", cause.getClass().getSimpleName());
            answer.put("message", String.valueOf(cause.getMessage()));
        } finally {
            print(answer);
        }
    }

    /** Prints what happened by itself, with the names and values given in turn. */
    static void event(String name, Object... fields) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("event", name);
        line.put("ms", (System.nanoTime() - START) / 1_000_000);
        for (int i = 0; i < fields.length; i += 2) {
            line.put((String) fields[i], fields[i + 1]);
        }
        print(line);
    }

    private static synchronized void print(Map<String, Object> line) {
        try {
            System.out.println(JSON.writeValueAsString(line));
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** Returns the settings under "settings" of a command. */
    static java.util.Properties settings(JsonNode command) {
        var out = new java.util.Properties();
        command.path("settings").fields().forEachRemaining(e -> out.put(e.getKey(), e.getValue().asText()));
        return out;
    }
}
