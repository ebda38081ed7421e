import { h, type VNode, type VNodeChild } from 'vue';
import { RouterLink } from 'vue-router';

// A small part of Markdown, made into elements and never into HTML text: nothing a person wrote can become a script.

const inline =
  /(`[^`]+`)|([@#]\[[^\]\n]+\]\((?:person|task):\d{1,16}\))|(\*\*[^*]+\*\*)|(~~[^~]+~~)|(\*[^*\s][^*]*\*)|\[([^\]]+)\]\(([^)\s]+)\)|(https?:\/\/[^\s<>"'\u3000-\u303f\uff00-\uffef]+)/;

/** Links lead only to where a link may lead; `javascript:` and its kin stay text. */
export function safeHref(url: string): string | null {
  if (/^\/(?![/\\])/.test(url)) return url;
  return /^(https?:\/\/|mailto:)/i.test(url) ? url : null;
}
function link(url: string, text: VNodeChild): VNodeChild {
  const href = safeHref(url);
  if (!href) return text;
  return h('a', { href, ...(href.startsWith('/') ? {} : { target: '_blank', rel: 'noopener noreferrer nofollow' }) }, [
    text,
  ]);
}

/** @ speaks to a person, # of a task; the task is opened by its key. */
function mentioned(source: string): VNodeChild {
  const [, sign, name, kind] = /^([@#])\[(.+)\]\((person|task):\d+\)$/.exec(source) ?? ['', '', source, ''];
  if (kind === 'task' && /^[A-Za-z][A-Za-z0-9]*-\d+$/.test(name))
    return h(RouterLink, { to: `/t/${name}`, class: 'mention' }, () => `${sign}${name}`);
  return h('span', { class: 'mention' }, `${sign}${name}`);
}

function spans(text: string): VNodeChild[] {
  const out: VNodeChild[] = [];
  let rest = text;
  for (let match = inline.exec(rest); match; match = inline.exec(rest)) {
    if (match.index > 0) out.push(rest.slice(0, match.index));
    const [all, code, mention, bold, struck, slanted, label, url, bare] = match;
    if (code) out.push(h('code', code.slice(1, -1)));
    else if (mention) out.push(mentioned(mention));
    else if (bold) out.push(h('strong', spans(bold.slice(2, -2))));
    else if (struck) out.push(h('del', spans(struck.slice(2, -2))));
    else if (slanted) out.push(h('em', spans(slanted.slice(1, -1))));
    else if (url) out.push(link(url, label));
    else if (bare) out.push(link(bare, bare));
    rest = rest.slice(match.index + all.length);
  }
  if (rest) out.push(rest);
  return out;
}
function lines(texts: string[]): VNodeChild[] {
  return texts.flatMap((text, i) => (i === 0 ? spans(text) : [h('br'), ...spans(text)]));
}

const bullet = /^\s*[-*+]\s+(.*)$/;
const numbered = /^\s*\d+[.)]\s+(.*)$/;
const quote = /^>\s?(.*)$/;
const heading = /^(#{1,4})\s+(.*)$/;

export function markdown(source: string): VNode[] {
  const rows = source.replace(/\r\n?/g, '\n').split('\n');
  const out: VNode[] = [];
  let i = 0;
  const take = (pattern: RegExp): string[] => {
    const found: string[] = [];
    for (let m = pattern.exec(rows[i] ?? ''); m && i < rows.length; m = pattern.exec(rows[i] ?? '')) {
      found.push(m[1]);
      i++;
    }
    return found;
  };
  while (i < rows.length) {
    const row = rows[i];
    const head = heading.exec(row);
    if (/^\s*$/.test(row)) i++;
    else if (row.startsWith('```')) {
      const code: string[] = [];
      for (i++; i < rows.length && !rows[i].startsWith('```'); i++) code.push(rows[i]);
      i++;
      out.push(h('pre', { tabindex: 0 }, [h('code', code.join('\n'))]));
    } else if (head) {
      // The page has its own first headings.
      out.push(h(`h${Math.min(6, head[1].length + 2)}`, spans(head[2])));
      i++;
    } else if (/^\s*([-*_])(\s*\1){2,}\s*$/.test(row)) {
      out.push(h('hr'));
      i++;
    } else if (bullet.test(row)) out.push(h('ul', take(bullet).map(item)));
    else if (numbered.test(row)) out.push(h('ol', take(numbered).map(item)));
    else if (quote.test(row)) out.push(h('blockquote', lines(take(quote))));
    else {
      const paragraph: string[] = [];
      const starts = (r: string) => /^\s*$|^```/.test(r) || [heading, bullet, numbered, quote].some((p) => p.test(r));
      while (i < rows.length && (paragraph.length === 0 || !starts(rows[i]))) paragraph.push(rows[i++]);
      out.push(h('p', lines(paragraph)));
    }
  }
  return out;
}
function item(text: string): VNode {
  const box = /^\[( |x|X)\]\s+(.*)$/.exec(text);
  if (!box) return h('li', spans(text));
  const done = box[1] !== ' ';
  return h('li', { class: ['check', { done }] }, [
    h('span', { 'aria-hidden': 'true' }, done ? '☑ ' : '☐ '),
    ...spans(box[2]),
  ]);
}
