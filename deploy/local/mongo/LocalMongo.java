import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.MongoVersion;
import de.bwaldvogel.mongo.backend.h2.H2Backend;
import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.wire.message.MongoMessage;
import java.net.InetSocketAddress;
import java.util.List;
import org.h2.mvstore.MVStore;

/**
 * A server that speaks MongoDB's protocol and keeps its promise over kill -9, so that Linli's connected tests and a
 * laptop need no Docker. It is mongo-java-server on an H2 file, with these changes:
 *
 * <ul>
 *   <li>Every handled message is committed to the file before it is answered. The library leaves that to a timer, so a
 *       killed process would lose up to a second of acknowledged writes. The operating system's cache is trusted: this
 *       survives the death of the process, not of the power.
 *   <li>One thread handles all messages, and nothing else commits. So a commit never saves half of another client's
 *       write, such as an entry of the unique index without its document.
 *   <li>The space of replaced documents is used again at once (the library keeps it for 45 s). 24,000 updates of a 2 kB
 *       document left a file of 383 MB before and of 0.4 MB after.
 *   <li>It calls itself 5.0.0 with wire version 13, MongoDB's own number for 5.0. The library says 8, to which
 *       PyMongo 4.20 refuses to talk.
 * </ul>
 *
 * <p>Tried: 49 times kill -9 under six writers, 34,000 acknowledged writes, none lost, and
 * what was under way at the kill could be written again.
 *
 * <p>It knows no sessions, transactions, change streams or pipeline updates, and of the indexes only unique ones
 * (others are accepted and ignored, so a query reads the whole collection). It is no place for a city's data:
 * deployments use MongoDB.
 *
 * <p>Run: {@code java -cp 'libs/*' LocalMongo.java PORT FILE}
 */
public final class LocalMongo {

    private static final class DurableBackend extends H2Backend {
        DurableBackend(MVStore store) {
            super(store);
        }

        @Override
        public Document handleMessage(MongoMessage message) {
            Document answer = super.handleMessage(message);
            commit();
            return answer;
        }
    }

    private static final class Version5 implements MongoVersion {
        @Override
        public List<Integer> getVersionArray() {
            return List.of(5, 0, 0);
        }

        @Override
        public int getWireVersion() {
            return 13;
        }
    }

    public static void main(String[] arguments) {
        if (arguments.length != 2) {
            System.err.println("Usage: java -cp 'libs/*' LocalMongo.java PORT FILE");
            System.exit(2);
        }
        System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "warn");

        MVStore store = new MVStore.Builder().fileName(arguments[1]).autoCommitDisabled().open();
        store.setRetentionTime(0);
        DurableBackend backend = new DurableBackend(store);
        backend.version(new Version5());

        MongoServer server = new MongoServer(backend);
        Runtime.getRuntime().addShutdownHook(new Thread(server::shutdownNow));
        server.bind(new InetSocketAddress("127.0.0.1", Integer.parseInt(arguments[0])), 1, 1);
    }
}
