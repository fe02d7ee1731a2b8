/** The store of the engine on RocksDB: cuts, the archive of finished transactions, bodies. */
@NullMarked
package io.holdfast.store;

import org.jspecify.annotations.NullMarked;
