import os
import threading

from ledger.store.random_pool import random_bytes


def test_what_is_drawn_has_the_length_that_is_asked_for() -> None:
    for count in (0, 1, 32, 8192, 100_000):
        assert len(random_bytes(count)) == count


def test_nothing_is_given_out_twice_to_threads_that_draw_at_the_same_time() -> None:
    found: list[bytes] = []

    def draw() -> None:
        found.extend(random_bytes(16) for _ in range(5000))

    threads = [threading.Thread(target=draw) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 20_000


def test_a_child_process_does_not_get_what_its_parent_gets() -> None:
    random_bytes(1)
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.write(writing, random_bytes(32))
        os._exit(0)
    os.waitpid(child, 0)
    assert os.read(reading, 32) != random_bytes(32)
    os.close(reading)
    os.close(writing)
