package io.holdfast.examples.demo;

/** What the services of a run work with. */
enum Components {
    /** Whatever comes with the build: PostgreSQL for all of them, and Java throughout. */
    EMBEDDED,
    /**
     * Servers of this machine: orders and money in MariaDB, goods and coupons in PostgreSQL, the hot goods in Redis, and the coupon
     * service in Python.
     */
    REAL
}
