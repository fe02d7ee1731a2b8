package io.holdfast.fence;

/** The databases whose statements the fence knows. */
public enum Dialect {
    /** PostgreSQL 10 or newer. */
    POSTGRESQL,
    /** MariaDB 10.3 or newer with InnoDB. The statements are MySQL's as well, but are tested on MariaDB only. */
    MARIADB
}
