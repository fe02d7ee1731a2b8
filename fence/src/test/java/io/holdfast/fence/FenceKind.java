package io.holdfast.fence;

import io.holdfast.testkit.component.RedisServer;
import org.jspecify.annotations.Nullable;

/** The fences that the vectors are tried on. */
enum FenceKind {
    LIBRARY_ON_POSTGRESQL(Variant.POSTGRESQL_READ_COMMITTED),
    LIBRARY_ON_MARIADB(Variant.MARIADB_READ_COMMITTED),
    PAGE_ON_POSTGRESQL(Variant.POSTGRESQL_READ_COMMITTED),
    PAGE_ON_MARIADB(Variant.MARIADB_REPEATABLE_READ),
    /** On Redis; the variant is not used. */
    PAGE_ON_REDIS(Variant.POSTGRESQL_READ_COMMITTED);

    private final Variant variant;
    private @Nullable Shop shop;

    FenceKind(Variant variant) {
        this.variant = variant;
    }

    /** One shop for all tests. Skips the test where the database is not on this machine, or fails it where all must be. */
    synchronized Shop shop() throws Exception {
        if (this == PAGE_ON_REDIS) {
            RedisServer.require();
        } else {
            variant.require();
        }
        if (shop == null) {
            shop = open();
        }
        return shop;
    }

    private Shop open() throws Exception {
        return switch (this) {
            case LIBRARY_ON_POSTGRESQL, LIBRARY_ON_MARIADB -> new SqlShop(variant,
                    LocalFence.library(variant.dialect()));
            case PAGE_ON_POSTGRESQL, PAGE_ON_MARIADB -> new SqlShop(variant,
                    new PageFence(new ParticipantsPage(), variant.dialect()));
            case PAGE_ON_REDIS -> new RedisShop(new ParticipantsPage());
        };
    }
}
