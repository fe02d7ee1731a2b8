/** What the nodes of a group do for each other over their ports for requests: forward requests to the leader, hand over cuts. */
@NullMarked
package io.holdfast.server.cluster;

import org.jspecify.annotations.NullMarked;
