import { ref } from 'vue';
import type { LiveMessage } from '@/api/types';

export type LiveState = 'idle' | 'open' | 'lost';

/** One socket for the whole page. It tells that something changed; what changed is read again through the API. */
export const liveState = ref<LiveState>('idle');

interface Options {
  onMessage: (message: LiveMessage) => void;
  /** The line was down: what came meanwhile may be lost, so what is shown must be read again. */
  onResume: () => void;
  /** Asked before it connects again after the server refused: whether there is still somebody signed in. */
  signedIn: () => Promise<boolean>;
}

/** What the server closes with when the session has ended (RFC 6455, 7.4.1: policy violation). */
const sessionEnded = 1008;

const firstPause = 500;
const longestPause = 15_000;

export function startLive(options: Options): () => void {
  let socket: WebSocket | null = null;
  let timer = 0;
  let pause = firstPause;
  let last = 0;
  let stopped = false;
  let wasOpen = false;
  let refused = false;

  async function connectAgain(): Promise<void> {
    // A handshake tells a page nothing of why it failed; an ordinary request does, and leads to the log-in.
    if (refused && !(await options.signedIn())) return;
    if (!socket) connect();
  }
  function connect(): void {
    if (stopped) return;
    const scheme = location.protocol === 'https:' ? 'wss:' : 'ws:';
    const after = last > 0 ? `?after=${last}` : '';
    let opened = false;
    socket = new WebSocket(`${scheme}//${location.host}/api/v1/live${after}`);
    socket.onopen = () => {
      opened = true;
      pause = firstPause;
      liveState.value = 'open';
      if (wasOpen) options.onResume();
      wasOpen = true;
    };
    socket.onmessage = (event) => {
      const message = read(event.data);
      if (!message) return;
      if (message.seq > last) last = message.seq;
      options.onMessage(message);
    };
    socket.onclose = (event) => {
      socket = null;
      if (stopped) return;
      refused = !opened || event.code === sessionEnded;
      if (liveState.value === 'open' || wasOpen) liveState.value = 'lost';
      // Spread out, so that a restarted server is not met by everybody at once.
      timer = window.setTimeout(() => void connectAgain(), pause * (0.7 + Math.random() * 0.6));
      pause = Math.min(pause * 2, longestPause);
    };
  }

  function hurry(): void {
    if (stopped || socket) return;
    window.clearTimeout(timer);
    pause = firstPause;
    void connectAgain();
  }
  function onVisible(): void {
    if (document.visibilityState === 'visible') hurry();
  }

  window.addEventListener('online', hurry);
  document.addEventListener('visibilitychange', onVisible);
  connect();

  return () => {
    stopped = true;
    window.clearTimeout(timer);
    window.removeEventListener('online', hurry);
    document.removeEventListener('visibilitychange', onVisible);
    socket?.close();
    liveState.value = 'idle';
  };
}

function read(data: unknown): LiveMessage | null {
  if (typeof data !== 'string') return null;
  try {
    const value = JSON.parse(data) as LiveMessage;
    return typeof value.seq === 'number' && typeof value.module === 'string' ? value : null;
  } catch {
    return null;
  }
}
