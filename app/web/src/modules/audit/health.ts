import type { AuditReader, AuditReport } from '@/api/types';
import { has, t } from '@/shared/i18n';

export type Health = 'parked' | 'failing' | 'behind' | 'works';

/** A parked reader waits for somebody; a failing one tries again by itself. */
export function healthOf(r: AuditReader): Health {
  if (r.parkedAt) return 'parked';
  if (r.error) return 'failing';
  // What was written a moment ago is no arrears.
  return r.lag > 100 ? 'behind' : 'works';
}
export function readerName(name: string): string {
  const key = `audit.reader.${name.replace(/\W/g, '_')}`;
  return has(key) ? t(key) : name;
}

/** What a verification found, sentence by sentence; the first is the verdict. */
export function reportLines(r: AuditReport): string[] {
  const n = (x: number) => x.toLocaleString();
  if (!r.ok) {
    const key = `audit.problem.${r.problem}`;
    return [
      t('audit.broken', { seq: n(r.firstBad ?? 0) }),
      r.problem && has(key) ? t(key) : t('shared.problem.other'),
      t('audit.keepEvidence'),
    ];
  }
  return [
    t('audit.whole', { n: n(r.entries) }),
    r.signed > 0 ? t('audit.signedTo', { n: n(r.checkpoints), seq: n(r.signed) }) : t('audit.unsigned'),
    ...(r.head > r.signed && r.signed > 0 ? [t('audit.notYetSigned', { n: n(r.head - r.signed) })] : []),
    r.anchors > 0 ? t('audit.anchored', { n: n(r.anchors) }) : t('audit.notAnchored'),
    ...(r.start > 0 ? [t('audit.retired', { seq: n(r.start) })] : []),
  ];
}
