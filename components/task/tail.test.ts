import fc from "fast-check";
import { expect, test } from "vitest";
import { createTail, missedBy } from "./tail";

/** A view of 100 px over lines of 10 px, with what may happen to it. */
function view(isFollowing = true) {
  const tail = createTail(isFollowing);
  let [lines, offset] = [0, 0];
  const end = () => Math.max(0, lines * 10 - 100);
  const scroll = (to: number, isByUser: boolean) => {
    offset = Math.min(end(), Math.max(0, to));
    tail.scroll({ offset, isAtEnd: offset >= end() - 5, isByUser });
  };
  return {
    tail,
    come(count: number) {
      lines += count;
      tail.grow(lines);
      if (tail.state.get().isFollowing) scroll(end(), false);
    },
    byHand: (px: number) => scroll(offset + px, true),
    byItself: (px: number) => scroll(offset + px, false),
    isFollowing: () => tail.state.get().isFollowing,
    missed: () => missedBy(tail.state.get(), lines),
    isAtEnd: () => offset === end(),
  };
}

test("a slow finger that moves up by one pixel is never pulled back by what comes", () => {
  const log = view();
  log.come(50);
  log.byHand(-1);
  log.come(1);
  expect(log.isFollowing()).toBe(false);
  log.byHand(0);
  log.come(1);
  expect(log.isFollowing()).toBe(false);
  expect(log.missed()).toBe(2);
});

test("what the page does to itself never lets go of the end", () => {
  const log = view();
  log.come(50);
  log.byItself(-200);
  expect(log.isFollowing()).toBe(true);
  log.come(1);
  expect(log.isAtEnd()).toBe(true);
});

test("a reader who scrolls down to the end follows again; one who stops before it does not", () => {
  const log = view();
  log.come(50);
  log.byHand(-200);
  log.byHand(100);
  expect(log.isFollowing()).toBe(false);
  log.byHand(100);
  expect(log.isFollowing()).toBe(true);
});

test("the end that the page itself comes to is not followed", () => {
  const log = view(false);
  log.come(50);
  log.byItself(1000);
  expect(log.isFollowing()).toBe(false);
});

test("scrolling on upwards does not forget what was missed already", () => {
  const log = view();
  log.come(50);
  log.byHand(-50);
  log.come(3);
  log.byHand(-50);
  expect(log.missed()).toBe(3);
});

test("tells of changes alone: a view that scrolls is not drawn for each pixel", () => {
  const log = view();
  log.come(50);
  let told = 0;
  log.tail.state.subscribe(() => (told += 1));
  for (let px = 0; px < 20; px++) log.byHand(-1);
  expect(told).toBe(1);
  log.tail.follow();
  log.tail.follow();
  expect(told).toBe(2);
});

test("in any order: a follower stands at the end, who let go is never moved, and what is missed is what came since", () => {
  const act = fc.oneof(
    fc.record({ is: fc.constant("come" as const), by: fc.integer({ min: 1, max: 30 }) }),
    fc.record({ is: fc.constantFrom("byHand" as const, "byItself" as const), by: fc.integer({ min: -300, max: 300 }) }),
  );
  fc.assert(
    fc.property(fc.array(act, { maxLength: 40 }), (story) => {
      const log = view();
      let since = 0;
      for (const { is, by } of story) {
        const was = log.isFollowing();
        log[is](by);
        if (is === "byItself") expect(log.isFollowing()).toBe(was);
        if (is === "come") {
          expect(log.isFollowing()).toBe(was);
          if (was) expect(log.isAtEnd()).toBe(true);
          since += by;
        }
        if (was && !log.isFollowing()) since = 0;
        if (!log.isFollowing()) expect(log.missed()).toBe(since);
      }
    }),
    { numRuns: 100 },
  );
});
