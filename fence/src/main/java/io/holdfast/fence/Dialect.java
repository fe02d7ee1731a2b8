package io.holdfast.fence;

/** The databases whose statements the fence knows. */
public enum Dialect {
    /** PostgreSQL; tested with 18. */
    POSTGRESQL,
    /** MariaDB with InnoDB; tested with 10.11. The statements are MySQL's as well, but are not tested there. */
    MARIADB
}
