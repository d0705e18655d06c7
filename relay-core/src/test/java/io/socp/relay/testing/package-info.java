/** Fixtures that the tests of every module share: named keys, a clock under control, vectors. */
package io.socp.relay.testing;
