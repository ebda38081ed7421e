import { expect, it } from 'vitest';
import { clockToMinutes, minutesToClock } from './clock';

it('reads and writes times of the day', () => {
  for (const minutes of [0, 65, 1439]) expect(clockToMinutes(minutesToClock(minutes))).toBe(minutes);
  for (const bad of ['', '24:00', '1:5', 'x']) expect(clockToMinutes(bad)).toBeNull();
});
