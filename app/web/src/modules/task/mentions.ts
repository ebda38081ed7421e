// While somebody writes, a mention is what they read: @name. What is kept is @[name](person:id), which stays right when
// two people have the same name. These two functions lead from one to the other.

export type Mentions = Map<string, string>;

const link = /([@#])\[([^\]\n]+)\]\((?:person|task):\d{1,16}\)/g;

/** What is kept, as it is written, with what each mention stands for. */
export function toDraft(source: string): { text: string; mentions: Mentions } {
  const mentions: Mentions = new Map();
  const text = source.replace(link, (whole, sign: string, name: string) => {
    const shown = `${sign}${name}`;
    // Of two with one name only the first can be written so; the other stays as it is kept.
    if (mentions.has(shown) && mentions.get(shown) !== whole) return whole;
    mentions.set(shown, whole);
    return shown;
  });
  return { text, mentions };
}

/** What is written, as it is kept. A mention ends where its name ends: the longest name that fits is meant. */
export function toSource(text: string, mentions: Mentions): string {
  if (mentions.size === 0) return text;
  const names = [...mentions.keys()].sort((a, b) => b.length - a.length);
  const pattern = new RegExp(names.map((n) => n.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&')).join('|'), 'g');
  return text.replace(pattern, (shown, at: number) => {
    const next = text.charAt(at + shown.length);
    // OPS-12 is not the beginning of OPS-123, nor Li of Linda.
    return /[A-Za-z0-9]/.test(shown.slice(-1)) && /[A-Za-z0-9]/.test(next) ? shown : (mentions.get(shown) ?? shown);
  });
}
