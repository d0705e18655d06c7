package io.socp.relay.envelope;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.envelope.DecodeFailure.DuplicateKey;
import io.socp.relay.envelope.DecodeFailure.LimitExceeded;
import io.socp.relay.envelope.DecodeFailure.NotAnObject;
import io.socp.relay.envelope.DecodeFailure.NotJson;
import io.socp.relay.envelope.DecodeFailure.NotUtf8;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EnvelopeCodecTest {

    private static final int DEPTH_MAX = 16;
    private static final int MEMBERS_MAX = 4096;

    @ParameterizedTest
    @ValueSource(
            strings = {"", " ", "{}x", "{} {}", "{},", "{}]", "{", "{\"a\"", "{\"a\":", "{\"a\":1"})
    void shouldRefuseWhatIsNotExactlyOneValue(String frame) {
        assertThat(Frames.failure(frame)).isInstanceOf(NotJson.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'a':1}",
                "{a:1}",
                "{\"a\":NaN}",
                "{\"a\":Infinity}",
                "{\"a\":01}",
                "{\"a\":+1}",
                "{\"a\":.5}",
                "{\"a\":1.}",
                "{\"a\":0x1}",
                "{\"a\":1e}",
                "{\"a\":-}",
                "{\"a\":tru}",
                "{\"a\":nul}",
                "{\"a\":True}",
                "{\"a\":1,}",
                "{,\"a\":1}",
                "{\"a\":[1,]}",
                "{\"a\":[1 2]}",
                "{\"a\":[}",
                "{\"a\":{]}",
                "{\"a\":\"\t\"}",
                "{\"a\":\"\n\"}",
                "{\"a\":\"\\x41\"}",
                "{\"a\":\"\\u12\"}",
                "{\"a\":\"\\u12g4\"}",
                "{\"a\":\"unterminated}",
                "{\"a\":1}/**/",
                "{/**/\"a\":1}",
                "{\"a\":1 // x\n}",
                "{\"a\":1}#",
                "\u00a0{}",
                "{}\u00a0"
            })
    void shouldRefuseWhatIsOutsideTheGrammar(String frame) {
        assertThat(Frames.failure(frame)).isInstanceOf(NotJson.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"type\":\"ERROR\",\"ts\":-1}",
                "{\"type\":\"ACK\",\"to\":{}}",
                "{\"from\":[],\"type\":\"ERROR\"}",
                "{\"type\":\"ERROR\",\"type\":\"ERROR\"}",
                "{\"type\":\"ERROR\"",
                "{\"type\":\"ERROR\"} and more"
            })
    void shouldTellBrokenErrorOrAckFromAllElse(String frame) {
        assertThat(Frames.failure(frame)).isInstanceOf(DecodeFailure.BrokenNotice.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"type\":\"ERRORS\"}",
                "{\"payload\":{\"type\":\"ERROR\"}",
                "[{\"type\":\"ERROR\"}]",
                "{\"type\":[\"ERROR\"]}"
            })
    void shouldNotTakeForAnErrorWhatOnlyMentionsIt(String frame) {
        assertThat(Frames.failure(frame)).isNotInstanceOf(DecodeFailure.BrokenNotice.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "[{}]", "\"text\"", "\"{}\"", "1", "true", "null"})
    void shouldRefuseJsonThatIsNoObject(String frame) {
        assertThat(Frames.failure(frame)).isEqualTo(new NotAnObject());
    }

    @ParameterizedTest
    @ValueSource(strings = {"\n", "\r\n", " ", "\t \r\n"})
    void shouldAcceptWhiteSpaceAround(String space) {
        Envelope envelope = Frames.envelope(space + Frames.withPayload("{}") + space);

        assertThat(Frames.text(envelope.bytes())).startsWith(space).endsWith(space);
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "{}", "}", ",", "null", "\u0001", "\u00a0", "\u2028"})
    void shouldRefuseAnythingElseBehindTheObject(String rest) {
        assertThat(Frames.failure(Frames.withPayload("{}") + rest)).isInstanceOf(NotJson.class);
        assertThat(Frames.failure(Frames.withPayload("{}") + "\n" + rest))
                .isInstanceOf(NotJson.class);
    }

    @Test
    void shouldRefuseByteOrderMark() {
        assertThat(Frames.failure("\ufeff" + Frames.withPayload("{}"))).isInstanceOf(NotJson.class);
        assertThat(Frames.failure("\ufeff")).isInstanceOf(NotJson.class);
        assertThat(Frames.failure(Frames.withPayload("{}") + "\ufeff")).isInstanceOf(NotJson.class);
    }

    @Test
    void shouldRefuseNul() {
        String frame = Frames.withPayload("{}");

        assertThat(Frames.failure(frame + "\0")).isInstanceOf(NotJson.class);
        assertThat(Frames.failure("\0" + frame)).isInstanceOf(NotJson.class);
        assertThat(Frames.failure(Frames.withPayload("{\"a\":\"\0\"}")))
                .isInstanceOf(NotJson.class);
        assertThat(Frames.decode(Frames.withPayload("{\"a\":\"\\u0000\"}")))
                .isInstanceOf(Decoded.class);
    }

    @Test
    void shouldRefuseOtherEncodings() {
        String frame = Frames.withPayload("{}");

        assertThat(Frames.failure(frame.getBytes(UTF_16))).isEqualTo(new NotUtf8());
        assertThat(Frames.failure(frame.getBytes(UTF_16LE))).isInstanceOf(NotJson.class);
        assertThat(Frames.failure(Frames.withPayload("{\"a\":\"é\"}").getBytes(ISO_8859_1)))
                .isEqualTo(new NotUtf8());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "c0af",
                "c1bf",
                "e080af",
                "e09fbf",
                "f08080af",
                "f08fbfbf", // overlong
                "eda080",
                "edbfbf",
                "eda0bdedb880", // surrogates
                "f4908080",
                "f5808080",
                "fe",
                "ff", // too large
                "c3",
                "e282",
                "f09f98", // cut short
                "80",
                "bf",
                "c328",
                "e28228",
                "f09f9828",
                "e2c3a9" // out of place
            })
    void shouldRefuseMalformedUtf8(String hex) {
        byte[] bad = HexFormat.of().parseHex(hex);
        String head = "{\"type\":\"T\",\"from\":\"a\",\"to\":\"b\",\"ts\":1,\"payload\":{\"x\":\"";

        assertThat(Frames.failure(join(head.getBytes(UTF_8), bad, "\"}}".getBytes(UTF_8))))
                .isEqualTo(new NotUtf8());
        assertThat(Frames.failure(join(head.getBytes(UTF_8), bad))).isEqualTo(new NotUtf8());
    }

    @Test
    void shouldAcceptUtf8AtTheBoundsOfEachLength() {
        String bounds = "\u007f\u0080\u07ff\u0800\ud7ff\ue000\uffff\ud800\udc00\udbff\udfff";

        Envelope envelope = Frames.envelope(Frames.withPayload("{\"x\":\"" + bounds + "\"}"));

        assertThat(envelope.payload().members().get("x")).isEqualTo(new JsonValue.JsonText(bounds));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\\ud800",
                "\\udc00",
                "\\udfffx",
                "\\ud800\\ud800",
                "\\udc00\\ud800",
                "\\ud83dx"
            })
    void shouldRefuseUnpairedSurrogateEscape(String escape) {
        assertThat(Frames.failure(Frames.withPayload("{\"x\":\"" + escape + "\"}")))
                .isInstanceOf(NotJson.class);
        assertThat(Frames.failure(Frames.withPayload("{\"" + escape + "\":1}")))
                .isInstanceOf(NotJson.class);
    }

    @Test
    void shouldRefuseDuplicateKeyAtAnyLevel() {
        assertThat(Frames.failure("{\"type\":\"A\",\"type\":\"B\"}"))
                .isEqualTo(new DuplicateKey("type"));
        assertThat(Frames.failure("{\"type\":\"CTRL_CLOSE\",\"x\":1,\"x\":1}"))
                .isEqualTo(new DuplicateKey("x"));
        assertThat(Frames.failure(Frames.withPayload("{\"a\":1,\"b\":2,\"a\":1}")))
                .isEqualTo(new DuplicateKey("a"));
        assertThat(Frames.failure(Frames.withPayload("{\"l\":[{\"o\":{\"k\":1,\"k\":2}}]}")))
                .isEqualTo(new DuplicateKey("k"));
        assertThat(Frames.failure(Frames.withPayload("{\"a\":1,\"\\u0061\":2}")))
                .isEqualTo(new DuplicateKey("a"));
        assertThat(Frames.decode(Frames.withPayload("{\"a\":{\"a\":[{\"a\":1},{\"a\":1}]}}")))
                .isInstanceOf(Decoded.class);
    }

    @Test
    void shouldReadFrameAtTheBoundAndRefuseOnePast() {
        String frame = Frames.withPayload("{}");
        int max = EnvelopeLimits.DEFAULT.frameBytesMax();
        String atBound = frame + " ".repeat(max - frame.length());

        assertThat(Frames.decode(atBound)).isInstanceOf(Decoded.class);
        assertThat(Frames.failure(atBound + " ")).isEqualTo(new LimitExceeded("frame bytes", max));
    }

    @Test
    void shouldReadOneLongStringUpToTheFrameBound() {
        int room =
                EnvelopeLimits.DEFAULT.frameBytesMax()
                        - Frames.withPayload("{\"x\":\"\"}").length();

        assertThat(Frames.decode(Frames.withPayload("{\"x\":\"" + "a".repeat(room) + "\"}")))
                .isInstanceOf(Decoded.class);
    }

    @Test
    void shouldReadDepthAtTheBoundAndRefuseOnePast() {
        // The envelope is 1, the payload 2.
        LimitExceeded tooDeep = new LimitExceeded("depth", DEPTH_MAX);

        assertThat(Frames.decode(Frames.withPayload(arrays(DEPTH_MAX - 2))))
                .isInstanceOf(Decoded.class);
        assertThat(Frames.failure(Frames.withPayload(arrays(DEPTH_MAX - 1)))).isEqualTo(tooDeep);
        assertThat(Frames.decode(Frames.withPayload(objects(DEPTH_MAX - 1))))
                .isInstanceOf(Decoded.class);
        assertThat(Frames.failure(Frames.withPayload(objects(DEPTH_MAX)))).isEqualTo(tooDeep);
    }

    @Test
    void shouldRefuseTenThousandLevels() {
        LimitExceeded tooDeep = new LimitExceeded("depth", DEPTH_MAX);

        assertThat(Frames.failure(Frames.withPayload(arrays(10_000)))).isEqualTo(tooDeep);
        assertThat(Frames.failure(Frames.withPayload(objects(10_000)))).isEqualTo(tooDeep);
        assertThat(Frames.failure("{\"a\":" + "[".repeat(10_000))).isEqualTo(tooDeep);
    }

    @Test
    void shouldCountMembersAndElementsOfAllLevelsTogether() {
        // Six envelope fields and the array itself are members as well.
        int room = MEMBERS_MAX - 7;
        LimitExceeded tooMany = new LimitExceeded("number of members", MEMBERS_MAX);

        assertThat(Frames.decode(Frames.withPayload(zeros(room)))).isInstanceOf(Decoded.class);
        assertThat(Frames.failure(Frames.withPayload(zeros(room + 1)))).isEqualTo(tooMany);
        assertThat(Frames.failure("{\"unknown\":" + zeros(MEMBERS_MAX) + "}")).isEqualTo(tooMany);
        assertThat(Frames.failure(Frames.withPayload(names(MEMBERS_MAX - 5)))).isEqualTo(tooMany);
    }

    @Test
    void shouldReadNameAtTheBoundAndRefuseOnePast() {
        LimitExceeded tooLong = new LimitExceeded("key length", 128);

        for (String unit : new String[] {"a", "é", "\uffff", "\\u0001", "\\uffff"}) {
            assertThat(Frames.decode(Frames.withPayload(named(unit.repeat(128)))))
                    .isInstanceOf(Decoded.class);
            assertThat(Frames.failure(Frames.withPayload(named(unit.repeat(129)))))
                    .isEqualTo(tooLong);
        }
        assertThat(Frames.decode(Frames.withPayload(named("😀".repeat(64)))))
                .isInstanceOf(Decoded.class);
        assertThat(Frames.failure(Frames.withPayload(named("😀".repeat(65))))).isEqualTo(tooLong);
        assertThat(Frames.failure(Frames.withPayload(named("a".repeat(100_000)))))
                .isEqualTo(tooLong);
        assertThat(Frames.failure(named("a".repeat(100_000)))).isEqualTo(tooLong);
    }

    @Test
    void shouldReadNumberAtTheBoundAndRefuseOnePast() {
        LimitExceeded tooLong = new LimitExceeded("number length", 64);
        String[] shapes = {"1", "-1", "0.1", "1e+1", "-1.5e1"};

        for (String shape : shapes) {
            String atBound = shape + "7".repeat(64 - shape.length());
            assertThat(Frames.decode(Frames.withPayload("{\"n\":" + atBound + "}")))
                    .isInstanceOf(Decoded.class);
            assertThat(Frames.failure(Frames.withPayload("{\"n\":" + atBound + "7}")))
                    .isEqualTo(tooLong);
            assertThat(
                            Frames.failure(
                                    Frames.withPayload(
                                            "{\"n\":[" + shape + "7".repeat(50_000) + "]}")))
                    .isEqualTo(tooLong);
        }
    }

    @Test
    void shouldHoldConfiguredLimits() {
        var codec = new EnvelopeCodec(new EnvelopeLimits(120, 2, 8));

        assertThat(codec.decode(Frames.withPayload("{\"a\":1}").getBytes(UTF_8)))
                .isInstanceOf(Decoded.class);
        assertThat(codec.decode(Frames.withPayload("{\"a\":{}}").getBytes(UTF_8)))
                .isEqualTo(new LimitExceeded("depth", 2));
        assertThat(codec.decode(Frames.withPayload("{\"a\":1,\"b\":2,\"c\":3}").getBytes(UTF_8)))
                .isEqualTo(new LimitExceeded("number of members", 8));
        assertThat(codec.decode(new byte[121])).isEqualTo(new LimitExceeded("frame bytes", 120));
    }

    @Test
    void shouldDescribeEveryFailureShortly() {
        String[] frames = {
            "",
            "x",
            "[]",
            "{\"" + "\u0001é".repeat(60) + "\":1}",
            "\ufeff{}",
            "{\"a\":1,\"a\":2}",
            "{}"
        };
        for (String frame : frames) {
            assertThat(Frames.failure(frame).detail())
                    .hasSizeBetween(1, 200)
                    .doesNotContainIgnoringCase("jackson")
                    .doesNotContain("Exception");
        }
        String key = "k".repeat(128);
        assertThat(Frames.failure("{\"" + key + "\":1,\"" + key + "\":2}").detail())
                .hasSizeBetween(128, 200);
    }

    @Test
    void shouldNeverThrowOnDamagedFrames() {
        Random random = new Random(20_261_120);
        byte[] good =
                Frames.withPayload(
                                "{\"a\":[1.5,-0,true,null,\"é😀\\u00e9\\ud83d\\ude00\"],\"b\":{}}")
                        .getBytes(UTF_8);
        for (int i = 0; i < 20_000; i++) {
            byte[] frame =
                    Arrays.copyOf(
                            good,
                            random.nextInt(4) == 0 ? random.nextInt(good.length) : good.length);
            for (int k = random.nextInt(4); k > 0 && frame.length > 0; k--) {
                frame[random.nextInt(frame.length)] = (byte) random.nextInt(256);
            }
            if (Frames.CODEC.decode(frame) instanceof Decoded(Envelope envelope)) {
                assertThat(Frames.CODEC.decode(envelope.payload().canonical()))
                        .isNotInstanceOfAny(NotJson.class, NotUtf8.class, DuplicateKey.class);
            }
        }
    }

    private static byte[] join(byte[]... parts) {
        var joined = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            joined.writeBytes(part);
        }
        return joined.toByteArray();
    }

    private static String named(String name) {
        return "{\"" + name + "\":1}";
    }

    private static String arrays(int levels) {
        return "{\"x\":" + "[".repeat(levels) + "]".repeat(levels) + "}";
    }

    private static String objects(int levels) {
        return "{\"x\":".repeat(levels - 1) + "{}" + "}".repeat(levels - 1);
    }

    private static String zeros(int count) {
        return IntStream.range(0, count)
                .mapToObj(_ -> "0")
                .collect(Collectors.joining(",", "{\"z\":[", "]}"));
    }

    private static String names(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> "\"" + i + "\":0")
                .collect(Collectors.joining(",", "{", "}"));
    }
}
