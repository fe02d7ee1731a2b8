package io.holdfast.server.backup;

/** What a data directory is made for. */
enum RestorePurpose {

    /** A server of its own: with a log that begins after the cut. */
    SINGLE_SERVER,
    /** A node of a group that all its nodes found with the same backup: without a log, which begins when all are there. */
    GROUP
}
