package io.holdfast.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.engine.StorageException;
import io.holdfast.raft.EventQueue.Event;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class EventQueueTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int MORE_THAN_FIT = 70;

    private final EventQueue events = new EventQueue();

    private static Event.Entry entry(long sequence) {
        return new Event.Entry(sequence, 1, sequence, ByteBuffer.allocate(0));
    }

    @Test
    void leadingBeginsWithTheBarrierThatIsAwaitedAndNoOther() throws StorageException {
        events.awaitBarrier(1);
        events.awaitBarrier(2);
        events.barrier(1);
        assertThat(events.hasNext()).isFalse();
        assertThat(events.leadership()).isEqualTo(EventQueue.NONE);
        events.barrier(2);
        assertThat(events.take()).isEqualTo(new Event.Leads(1));
        events.barrier(2);
        assertThat(events.hasNext()).isFalse();
    }

    @Test
    void endIsToldOnceAndOnlyToWhomTheBeginningWas() throws StorageException {
        events.awaitBarrier(1);
        events.ended();
        events.barrier(1);
        assertThat(events.hasNext()).as("what ended before its barrier never began").isFalse();
        events.awaitBarrier(2);
        events.barrier(2);
        assertThat(events.ended(7)).isFalse();
        assertThat(events.ended(1)).isTrue();
        events.ended();
        assertThat(events.take()).isEqualTo(new Event.Leads(1));
        assertThat(events.take()).isEqualTo(new Event.Follows());
        assertThat(events.take()).isNull();
    }

    @Test
    void whoeverQueuesTooMuchWaitsUntilSomethingIsTaken() throws Exception {
        Thread queueing = queueMoreThanFits();
        awaitWaiting(queueing);
        for (long sequence = 1; sequence <= MORE_THAN_FIT; sequence++) {
            Event event = events.take();
            while (event == null) {
                Thread.onSpinWait();
                event = events.take();
            }
            assertThat(event).isEqualTo(entry(sequence));
        }
        assertThat(queueing.join(PATIENCE)).isTrue();
    }

    @Test
    void nobodyWaitsForAQueueThatIsClosed() throws Exception {
        Thread queueing = queueMoreThanFits();
        awaitWaiting(queueing);
        events.close();
        assertThat(queueing.join(PATIENCE)).isTrue();
        assertThat(events.hasNext()).isFalse();
    }

    private Thread queueMoreThanFits() {
        return Thread.ofPlatform().start(() -> {
            try {
                for (long sequence = 1; sequence <= MORE_THAN_FIT; sequence++) {
                    events.entry(entry(sequence));
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private static void awaitWaiting(Thread thread) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (thread.getState() != Thread.State.WAITING) {
            assertThat(System.nanoTime()).as("the thread is %s", thread.getState()).isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    @Test
    void failureGoesBeforeEverythingElse() throws Exception {
        events.entry(entry(1));
        StorageException first = new StorageException(StorageException.Kind.FAILED, "first");
        events.fail(first);
        events.fail(new StorageException(StorageException.Kind.FAILED, "second"));
        assertThatThrownBy(events::take).isSameAs(first);
        assertThat(events.hasNext()).isTrue();
    }
}
