import { useQueryClient } from '@tanstack/vue-query';
import { computed, reactive } from 'vue';
import type { Upload } from '@/api/types';
import { t } from '@/shared/i18n';
import { problemText, tellProblem } from '@/shared/problem';
import { cancelUpload, completeUpload, listUploads, sendPiece, startUpload } from './api';
import { plainly } from './refusal';
import { type Line, sendAll } from './upload';

export interface Sending {
  key: number;
  taskId: number;
  name: string;
  size: number;
  sent: number;
  state: 'waiting' | 'sending' | 'paused' | 'failed' | 'left';
  problem: string;
  /** Missing for one that was left unfinished and has to be chosen again. */
  file?: File;
  uploadId?: number;
}

const line: Line = {
  send: sendPiece,
  pause: (ms, signal) =>
    new Promise((done) => {
      const timer = window.setTimeout(done, ms);
      signal.addEventListener('abort', () => {
        window.clearTimeout(timer);
        done();
      });
    }),
  now: () => Date.now(),
};

// It goes on while the task is closed and others are looked at, so it belongs to the page and not to the part that shows it.
const all = reactive<Sending[]>([]);
const stops = new Map<number, AbortController>();
let keys = 0;
/** Two at once keep a line busy; more only make all of them late. */
const atOnce = 2;

function warn(event: BeforeUnloadEvent): void {
  if (!all.some((s) => s.state === 'sending' || s.state === 'waiting')) return;
  event.preventDefault();
  event.returnValue = '';
}
window.addEventListener('beforeunload', warn);

const drop = (item: Sending): void => {
  const at = all.findIndex((s) => s.key === item.key);
  if (at >= 0) all.splice(at, 1);
};

export function useUploads(taskId: number) {
  const queries = useQueryClient();
  const items = computed(() => all.filter((s) => s.taskId === taskId));

  async function run(item: Sending): Promise<void> {
    const stop = new AbortController();
    stops.set(item.key, stop);
    item.state = 'sending';
    item.problem = '';
    try {
      const file = item.file as File;
      let upload: Upload | undefined;
      if (item.uploadId !== undefined) {
        upload = (await listUploads(item.taskId)).items.find((u) => u.id === item.uploadId);
      }
      upload = upload ?? (await startUpload(item.taskId, item.name, item.size));
      item.uploadId = upload.id;
      if (stop.signal.aborted && !all.some((s) => s.key === item.key)) {
        await cancelUpload(upload.id); // taken back before the server had answered
        return;
      }
      item.sent = upload.received;
      await sendAll(line, file, upload, stop.signal, (received) => (item.sent = received));
      if (stop.signal.aborted) return;
      await completeUpload(upload.id);
      drop(item);
      await queries.invalidateQueries({ queryKey: ['files', item.taskId] });
    } catch (cause) {
      if (stop.signal.aborted) return;
      item.state = 'failed';
      item.problem = problemText(plainly(cause));
      // The task it belongs to may be closed by now.
      tellProblem(cause, t('file.failed', { name: item.name, why: item.problem }));
    } finally {
      if (stops.get(item.key) === stop) stops.delete(item.key);
      next();
    }
  }
  function next(): void {
    const free = atOnce - all.filter((s) => s.state === 'sending').length;
    for (const item of all.filter((s) => s.state === 'waiting').slice(0, Math.max(0, free))) void run(item);
  }
  /** The same file as one that was left unfinished goes on with it. */
  function add(files: File[]): void {
    for (const file of files) {
      const left = items.value.find((s) => s.state === 'left' && s.name === file.name && s.size === file.size);
      if (left) {
        left.file = file;
        left.state = 'waiting';
      } else {
        all.push({
          key: ++keys,
          taskId,
          name: file.name,
          size: file.size,
          sent: 0,
          state: 'waiting',
          problem: '',
          file,
        });
      }
    }
    next();
  }
  function pause(item: Sending): void {
    item.state = 'paused';
    stops.get(item.key)?.abort();
  }
  function goOn(item: Sending): void {
    item.state = 'waiting';
    next();
  }
  async function cancel(item: Sending): Promise<void> {
    item.state = 'paused';
    stops.get(item.key)?.abort();
    if (item.uploadId !== undefined) await cancelUpload(item.uploadId);
    drop(item);
  }
  /** Shows what an earlier visit has left unfinished. */
  async function find(): Promise<void> {
    const known = new Set(all.map((s) => s.uploadId));
    for (const u of (await listUploads(taskId)).items) {
      if (known.has(u.id) || all.some((s) => s.taskId === taskId && s.state !== 'left' && s.uploadId === undefined))
        continue;
      all.push({
        key: ++keys,
        taskId,
        name: u.name,
        size: u.size,
        sent: u.received,
        state: 'left',
        problem: '',
        uploadId: u.id,
      });
    }
  }
  return { items, add, pause, goOn, cancel, find };
}
