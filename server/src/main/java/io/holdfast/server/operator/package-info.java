/** {@code holdfast tx}: the commands of whoever looks after transactions, over the REST interface of a running server. */
@NullMarked
package io.holdfast.server.operator;

import org.jspecify.annotations.NullMarked;
