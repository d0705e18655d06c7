package io.socp.relay.client.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;

/** What two people do who can reach each other. */
final class Talk {

    /** Seven pieces of one RSA block each, the last not full. */
    private static final int FILE_BYTES = 6 * 446 + 300;

    private Talk() {}

    /** A direct message each way. */
    static void assertDirect(Person one, Person other) throws InterruptedException {
        for (Person from : List.of(one, other)) {
            Person to = from == one ? other : one;
            String text = "direct from " + from.id() + " to " + to.id() + ", grüße 🙂";
            from.tell(to, text);
            to.awaitMessage("direct", from, text);
            assertThat(to.messages(text)).isEqualTo(1);
        }
    }

    /** A public message of each, which the other gets once. */
    static void assertPublic(Person one, Person other) throws InterruptedException {
        for (Person from : List.of(one, other)) {
            Person to = from == one ? other : one;
            String text = "public from " + from.id() + " beside " + to.id() + ", grüße 🙂";
            from.all(text);
            to.awaitMessage("public", from, text);
            assertThat(to.messages(text)).isEqualTo(1);
        }
    }

    /** A small file each way. */
    static void assertFiles(Path directory, Person one, Person other)
            throws IOException, InterruptedException {
        for (Person from : List.of(one, other)) {
            Person to = from == one ? other : one;
            Path file = directory.resolve(from.id() + "-" + to.id() + ".bin");
            byte[] content = new byte[FILE_BYTES];
            new Random(FILE_BYTES).nextBytes(content);
            Files.write(file, content);
            from.sendFile(to, file);
            to.awaitFile(from, file);
        }
    }
}
