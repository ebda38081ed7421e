import { mount, RouterLinkStub } from '@vue/test-utils';
import { describe, expect, it } from 'vitest';
import RichText from './components/RichText';
import { toDraft, toSource } from './mentions';

describe('mentions', () => {
  const kept = '请 @[张三](person:12) 看 #[OPS-12](task:99)，谢谢';
  it('are read by name while writing and kept with the id', () => {
    const draft = toDraft(kept);
    expect(draft.text).toBe('请 @张三 看 #OPS-12，谢谢');
    expect(toSource(draft.text, draft.mentions)).toBe(kept);
  });
  it('mean the longest name, and no part of a word', () => {
    const mentions = new Map([
      ['@张三', '@[张三](person:1)'],
      ['@张三丰', '@[张三丰](person:2)'],
      ['#OPS-1', '#[OPS-1](task:3)'],
    ]);
    expect(toSource('@张三丰 @张三说 #OPS-12 #OPS-1', mentions)).toBe(
      '@[张三丰](person:2) @[张三](person:1)说 #OPS-12 #[OPS-1](task:3)',
    );
  });
  it('keep two people of one name apart', () => {
    const two = '@[李伟](person:1) 和 @[李伟](person:2)';
    const draft = toDraft(two);
    expect(draft.text).toBe('@李伟 和 @[李伟](person:2)');
    expect(toSource(draft.text, draft.mentions)).toBe(two);
  });
  it('stay what they are when a name has signs of patterns in it', () => {
    const odd = '@[A.B(*)](person:7) 好';
    const draft = toDraft(odd);
    expect(toSource(draft.text, draft.mentions)).toBe(odd);
  });
  it('are drawn as names, a task as a link to it', () => {
    const page = mount(RichText, {
      props: { text: `${kept} @[x](person:1)(javascript:alert) #[坏](task:5)` },
      global: { stubs: { RouterLink: RouterLinkStub } },
    });
    expect(page.findAll('.mention').map((m) => m.text())).toEqual(['@张三', '#OPS-12', '@x', '#坏']);
    expect(page.findAllComponents(RouterLinkStub).map((l) => l.props('to'))).toEqual(['/t/OPS-12']);
  });
});
