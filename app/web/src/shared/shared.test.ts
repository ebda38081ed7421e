import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiError, asApiError } from '@/api/errors';
import { dueView, startOfDay } from './format';
import { addWords, startLanguage, t, useLanguage } from './i18n';
import { liveState, startLive } from './live';
import { problemText } from './problem';
import { toast, toasts } from './toast';
import { useForm } from './useForm';

beforeEach(async () => {
  await startLanguage([]);
  await useLanguage('zh-CN');
});

describe('words of a page', () => {
  it('come in the language in use and in every one that is chosen later', async () => {
    const words = {
      'zh-CN': async () => ({ default: { late: { word: '后来' } } }),
      en: async () => ({ default: { late: { word: 'later' } } }),
    };
    await Promise.all([addWords(words), addWords(words)]);
    expect(t('late.word')).toBe('后来');
    await useLanguage('en');
    expect(t('late.word')).toBe('later');
  });
  it('are asked for again when they could not be fetched', async () => {
    let there = false;
    const load = async () => {
      if (!there) throw new Error('away');
      return { default: { again: { word: '又' } } };
    };
    const words = { 'zh-CN': load, en: load };
    await expect(addWords(words)).rejects.toThrow('away');
    there = true;
    await addWords(words);
    expect(t('again.word')).toBe('又');
  });
});

describe('form', () => {
  it('puts each fault of the server at its field and the rest above', async () => {
    const form = useForm({ name: '', key: '' });
    const ok = await form.submit(async () => {
      throw new ApiError({
        status: 422,
        code: 'request.invalid',
        requestId: 'r1',
        errors: [
          { location: 'body.name', code: 'field.too_long', message: '太长' },
          { location: 'body.other', code: 'x', message: '别的' },
        ],
      });
    });
    expect(ok).toBe(false);
    expect(form.errors.name).toBe('太长');
    expect(form.failure.value).toBe('别的');
    expect(form.failureId.value).toBe('r1');
  });
  it('does not send what its own check refuses, and forgets old faults', async () => {
    const send = vi.fn(async () => undefined);
    const form = useForm({ name: '' }, (v) => (v.name ? {} : { name: 'missing' }));
    expect(await form.submit(send)).toBe(false);
    expect(send).not.toHaveBeenCalled();
    form.values.name = 'x';
    expect(await form.submit(send)).toBe(true);
    expect(form.errors.name).toBeUndefined();
  });
});

describe('problems', () => {
  it('never show a raw error', () => {
    expect(problemText(new TypeError('Failed to fetch'))).toMatch(/服务器/);
    expect(problemText(new Error('x is undefined'))).not.toContain('undefined');
    expect(problemText(new ApiError({ status: 500 }))).toBe('服务器出错了，请稍后重试。');
    expect(problemText(new ApiError({ status: 409, detail: '别人改过了' }))).toBe('别人改过了');
  });
  it('know a stale version by the current one it brings', () => {
    expect(new ApiError({ status: 409, current: { id: 1 } }).stale).toBe(true);
    expect(new ApiError({ status: 409 }).stale).toBe(false);
    expect(asApiError('odd').status).toBe(-1);
  });
  it('say the same thing once', () => {
    toasts.splice(0);
    toast('bad', 'x');
    toast('bad', 'x');
    expect(toasts).toHaveLength(1);
  });
});

describe('due', () => {
  const now = new Date('2026-11-24T15:00:00').getTime();
  const today = startOfDay(now);
  it('calls a whole day late only when it is over', () => {
    expect(dueView({ dueAt: today, dueAllDay: true }, now)?.tone).toBe('soon');
    expect(dueView({ dueAt: today - 1, dueAllDay: true }, now)?.tone).toBe('late');
    expect(dueView({ dueAt: now - 60_000, dueAllDay: false }, now)?.tone).toBe('late');
    expect(dueView({ dueAt: now - 60_000, dueAllDay: false, doneAt: now }, now)?.tone).toBe('done');
    expect(dueView({ dueAt: today + 9 * 86_400_000, dueAllDay: true }, now)?.tone).toBe('later');
    expect(dueView({ dueAt: null, dueAllDay: true }, now)).toBeNull();
  });
});

describe('live', () => {
  class FakeSocket {
    static all: FakeSocket[] = [];
    onopen?: () => void;
    onclose?: (event: { code: number }) => void;
    onmessage?: (event: { data: string }) => void;
    constructor(readonly url: string) {
      FakeSocket.all.push(this);
    }
    close(code = 1000) {
      this.onclose?.({ code });
    }
  }
  beforeEach(() => {
    vi.useFakeTimers();
    FakeSocket.all = [];
    vi.stubGlobal('WebSocket', FakeSocket);
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it('comes back after a break, behind what it has seen, and asks for a fresh look', async () => {
    const onMessage = vi.fn();
    const onResume = vi.fn();
    const signedIn = vi.fn(() => Promise.resolve(true));
    const stop = startLive({ onMessage, onResume, signedIn });
    const first = FakeSocket.all[0];
    first.onopen?.();
    first.onmessage?.({ data: '{"seq":7,"module":"task","verb":"task.move","ref":{"kind":"task","id":1}}' });
    first.onmessage?.({ data: 'not json' });
    expect(onMessage).toHaveBeenCalledTimes(1);
    expect(onResume).not.toHaveBeenCalled();
    first.close(1006);
    expect(liveState.value).toBe('lost');
    await vi.advanceTimersByTimeAsync(2000);
    expect(signedIn).not.toHaveBeenCalled();
    const second = FakeSocket.all[1];
    expect(second.url).toContain('after=7');
    second.onopen?.();
    expect(onResume).toHaveBeenCalledTimes(1);
    stop();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(FakeSocket.all).toHaveLength(2);
  });

  it('asks whether the session still is one before it knocks again where it was refused', async () => {
    let answer = true;
    const signedIn = vi.fn(() => Promise.resolve(answer));
    const stop = startLive({ onMessage: vi.fn(), onResume: vi.fn(), signedIn });
    FakeSocket.all[0].close(1006); // a handshake that failed
    await vi.advanceTimersByTimeAsync(2000);
    expect(signedIn).toHaveBeenCalledTimes(1);
    expect(FakeSocket.all).toHaveLength(2);
    FakeSocket.all[1].onopen?.();
    answer = false;
    FakeSocket.all[1].close(1008); // the session has ended
    await vi.advanceTimersByTimeAsync(60_000);
    expect(signedIn).toHaveBeenCalledTimes(2);
    expect(FakeSocket.all).toHaveLength(2);
    stop();
  });
});
