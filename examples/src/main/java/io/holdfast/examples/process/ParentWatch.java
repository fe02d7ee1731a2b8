package io.holdfast.examples.process;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Ends a child process when its parent is gone, however that went. */
public final class ParentWatch {
    private ParentWatch() {
    }

    /**
     * Starts to watch. The virtual machine is halted as soon as the parent has ended.
     *
     * @param parentPid the process id of the parent
     * @param clearUp   the directory of the run, to be deleted then together with all its processes; null for all
     *                  children but one, since two of them would end each other before the work is done
     */
    public static void start(long parentPid, @Nullable Path clearUp) {
        Thread.ofPlatform().daemon().name("parent-watch").start(() -> {
            ProcessHandle.of(parentPid).ifPresent(parent -> parent.onExit().join());
            if (clearUp != null) {
                WorkDirectory.discard(clearUp);
            }
            Runtime.getRuntime().halt(0);
        });
    }
}
