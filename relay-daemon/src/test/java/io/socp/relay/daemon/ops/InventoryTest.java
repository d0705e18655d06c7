package io.socp.relay.daemon.ops;

import static io.socp.relay.testing.Actors.ALICE;
import static io.socp.relay.testing.Actors.BOB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.socp.relay.daemon.testing.LeakCheck;
import io.socp.relay.daemon.testing.Scrape;
import io.socp.relay.daemon.testing.SocketUser;
import io.socp.relay.daemon.testing.TestRelay;
import io.socp.relay.testing.Actors;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What two linked relays, Alice on the one and Bob on the other, tell their operators. */
class InventoryTest {

    private static final String TOKEN = "a token of many characters";

    @RegisterExtension static final LeakCheck LEAKS = LeakCheck.atTheEnd();

    @TempDir private static Path dir;

    private static TestRelay a;
    private static TestRelay b;
    private static SocketUser alice;
    private static SocketUser bob;

    @BeforeAll
    static void start() {
        b = TestRelay.of(Actors.B).start(dir);
        a =
                TestRelay.of(Actors.A)
                        .withIntroducers(b.asIntroducer())
                        .withManagementToken(TOKEN)
                        .start(dir);
        alice = SocketUser.hello(a.port(), ALICE);
        bob = SocketUser.hello(b.port(), BOB);
        await().until(() -> ask("/api/v1/status").path("users").intValue() == 2);
    }

    @AfterAll
    static void stop() {
        alice.close();
        bob.close();
        a.close();
        b.close();
    }

    @Test
    void shouldTellTheRelayInOneLook() {
        JsonNode status = ask("/api/v1/status");

        assertThat(status.path("server_id").stringValue()).isEqualTo(Actors.A.id().value());
        assertThat(status.path("state").stringValue()).isEqualTo("ready");
        assertThat(status.path("users_here").intValue()).isEqualTo(1);
        assertThat(status.path("peers").intValue()).isEqualTo(1);
        assertThat(status.path("servers_behind_peers").intValue()).isZero();
        assertThat(status.path("key").stringValue()).isEqualTo(Actors.A.key().fingerprint());
    }

    @Test
    void shouldTellPeers() {
        JsonNode peer = ask("/api/v1/peers").path("peers").path(0);

        assertThat(peer.path("server_id").stringValue()).isEqualTo(Actors.B.id().value());
        assertThat(peer.path("kind").stringValue()).isEqualTo("own");
        assertThat(peer.path("proven").booleanValue()).isTrue();
    }

    @Test
    void shouldTellUsersAndWhereTheyAreAPageAtATime() {
        JsonNode first = ask("/api/v1/users?limit=1").path("users");
        JsonNode second =
                ask("/api/v1/users?limit=1&after=" + first.path(0).path("user_id").stringValue())
                        .path("users");

        assertThat(first).hasSize(1);
        assertThat(first.path(0).path("user_id").stringValue()).isEqualTo(ALICE.id().value());
        assertThat(first.path(0).path("home").stringValue()).isEqualTo(Actors.A.id().value());
        assertThat(second.path(0).path("user_id").stringValue()).isEqualTo(BOB.id().value());
        assertThat(second.path(0).path("home").stringValue()).isEqualTo(Actors.B.id().value());
    }

    @Test
    void shouldTellLinksAPageAtATime() {
        JsonNode all = ask("/api/v1/links").path("links");
        JsonNode rest =
                ask("/api/v1/links?after=" + all.path(0).path("link").longValue()).path("links");

        assertThat(all).anyMatch(link -> link.path("kind").stringValue().equals("user"));
        assertThat(all).anyMatch(link -> link.path("kind").stringValue().equals("peer"));
        assertThat(rest).hasSize(all.size() - 1);
    }

    @Test
    void shouldSayThatItIsReadyAndHealthy() {
        assertThat(Scrape.get(a.managementPort(), "/readyz").statusCode()).isEqualTo(200);
        assertThat(ask("/healthz").path("healthy").booleanValue()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/metrics", "/healthz", "/api/v1/status", "/api/v1/users", "/nothing"})
    void shouldTellNothingWithoutTheToken(String path) {
        HttpResponse<String> nothing = Scrape.get(a.managementPort(), path);
        HttpResponse<String> wrong = Scrape.get(a.managementPort(), path, TOKEN + "x");

        assertThat(nothing.statusCode()).isEqualTo(401);
        assertThat(wrong.statusCode()).isEqualTo(401);
        assertThat(nothing.headers().firstValue("www-authenticate")).hasValue("Bearer");
        assertThat(nothing.body()).doesNotContain(Actors.A.id().value());
    }

    @Test
    void shouldAnswerProbesWithoutTheToken() {
        assertThat(Scrape.get(a.managementPort(), "/livez").statusCode()).isEqualTo(200);
        assertThat(Scrape.get(a.managementPort(), "/readyz").statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"limit=x", "limit=-1", "limit=99999999999"})
    void shouldSayWhatIsWrongWithAQuestion(String query) {
        HttpResponse<String> answer =
                Scrape.get(a.managementPort(), "/api/v1/users?" + query, TOKEN);

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).startsWith("limit must be a number");
    }

    private static JsonNode ask(String path) {
        HttpResponse<String> answer = Scrape.get(a.managementPort(), path, TOKEN);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return JsonMapper.shared().readTree(answer.body());
    }
}
