package io.socp.relay.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.limit.AddressAccounts.Entry;
import io.socp.relay.limit.LimitOptions.Connections;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AddressAccountsTest {

    private static final long SECOND_NS = 1_000_000_000;
    private static final Rate PLENTY = Rate.perSecond(1_000, 1);

    private final AddressAccounts accounts = new AddressAccounts(10);

    @Test
    void shouldLetInAsManyAsMayBeFromOneAddressAndNotOneMore() {
        Connections two = limits(2, PLENTY);

        List<Entry> entries = List.of(enter("192.0.2.1", two, 0), enter("192.0.2.1", two, 0));

        assertThat(entries).allMatch(Entry.In.class::isInstance);
        assertThat(enter("192.0.2.1", two, 0)).isEqualTo(new Entry.Out(Refusal.ADDRESS_FULL));
        assertThat(enter("192.0.2.2", two, 0)).isInstanceOf(Entry.In.class);
    }

    @Test
    void shouldLetInAnotherWhenOneIsGone() {
        Connections one = limits(1, PLENTY);
        AddressAccount account = in("192.0.2.1", one, 0);

        accounts.leave(account);

        assertThat(enter("192.0.2.1", one, 0)).isInstanceOf(Entry.In.class);
    }

    @Test
    void shouldCountAllOfAnIpv6NetworkAsOne() {
        Connections one = limits(1, PLENTY);

        enter("2001:db8::1", one, 0);

        assertThat(enter("2001:db8::2", one, 0)).isInstanceOf(Entry.Out.class);
        assertThat(enter("2001:db8:0:1::1", one, 0)).isInstanceOf(Entry.In.class);
    }

    @Test
    void shouldBoundHowFastOneAddressComesEvenIfItLeaves() {
        Connections twoASecond = limits(100, new Rate(2, SECOND_NS));
        accounts.leave(in("192.0.2.1", twoASecond, 0));
        accounts.leave(in("192.0.2.1", twoASecond, 0));

        assertThat(enter("192.0.2.1", twoASecond, 0))
                .isEqualTo(new Entry.Out(Refusal.ADDRESS_RATE));
        assertThat(enter("192.0.2.1", twoASecond, SECOND_NS)).isInstanceOf(Entry.In.class);
    }

    @Test
    void shouldHoldAgainstAnAddressWhatComesToLightWhenItIsGone() {
        Connections limits = limits(1, PLENTY);
        Rate one = new Rate(1, 60 * SECOND_NS);
        AddressAccount account = in("192.0.2.1", limits, 0);
        accounts.leave(account);

        account.tryFailure(one, 2 * SECOND_NS);

        assertThat(in("192.0.2.1", limits, 3 * SECOND_NS).tryFailure(one, 3 * SECOND_NS)).isFalse();
    }

    @Test
    void shouldKeepNoMoreThanTheBoundOfThoseThatAreGone() {
        Connections limits = limits(1, new Rate(1, SECOND_NS));

        for (int i = 0; i < 11; i++) {
            accounts.leave(in("192.0.2." + i, limits, 0));
        }

        assertThat(accounts.size()).isEqualTo(10);
    }

    @Test
    void shouldForgetNobodyWhoIsConnectedWhoeverComesAndGoes() {
        Connections limits = limits(1, new Rate(1, SECOND_NS));
        List<AddressAccount> connected = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            connected.add(in("198.51.100." + i, limits, 0));
        }

        for (int i = 0; i < 200; i++) {
            accounts.leave(in("192.0.2." + i, limits, 0));
        }

        assertThat(accounts.size()).isEqualTo(30);
        for (int i = 0; i < 20; i++) {
            assertThat(enter("198.51.100." + i, limits, SECOND_NS))
                    .isEqualTo(new Entry.Out(Refusal.ADDRESS_FULL));
        }
        assertThat(connected).doesNotHaveDuplicates();
    }

    @Test
    void shouldTakeFramesAndFailuresUpToTheirRates() {
        AddressAccount account = in("192.0.2.1", limits(1, PLENTY), 0);
        Rate three = new Rate(3, SECOND_NS);

        assertThat(account.tryFrames(three, 3, 0)).isTrue();
        assertThat(account.tryFrames(three, 1, 0)).isFalse();
        assertThat(account.tryFailure(new Rate(1, SECOND_NS), 0)).isTrue();
        assertThat(account.tryFailure(new Rate(1, SECOND_NS), 0)).isFalse();
    }

    private AddressAccount in(String address, Connections limits, long nowNs) {
        return ((Entry.In) enter(address, limits, nowNs)).account();
    }

    private Entry enter(String address, Connections limits, long nowNs) {
        return accounts.enter(Network.address(address), limits, nowNs);
    }

    private static Connections limits(int perAddress, Rate acceptsPerAddress) {
        return new Connections(100, perAddress, PLENTY, acceptsPerAddress, 1);
    }
}
