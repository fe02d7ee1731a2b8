package io.holdfast.simulator.disk;

/** How a {@link FakeDisk} refuses an operation. */
public enum DiskFault {
    /**
     * EIO. As on Linux the page cache then holds what was written and counts it as clean, while the disk may never get it: a
     * later sync succeeds and changes nothing.
     */
    WRITE_ERROR,
    /** ENOSPC: part of a write may have happened; a file is not created. */
    DISK_FULL
}
