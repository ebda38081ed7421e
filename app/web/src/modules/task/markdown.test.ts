import { mount } from '@vue/test-utils';
import { describe, expect, it } from 'vitest';
import RichText from './components/RichText';
import { safeHref } from './markdown';

const html = (text: string) => mount(RichText, { props: { text } }).html().replace(/\n\s*/g, '');

describe('markdown', () => {
  it('draws the small part it knows', () => {
    const out = html('# 标题\n正文 **粗** *斜* `码` ~~删~~\n\n- 一\n- [x] 二\n\n1. 三\n\n> 引\n\n```\n<b>\n```');
    for (const part of [
      '<h3>标题</h3>',
      '<strong>粗</strong>',
      '<em>斜</em>',
      '<code>码</code>',
      '<del>删</del>',
      '<blockquote>',
    ])
      expect(out).toContain(part);
    expect(out).toContain('&lt;b&gt;');
  });
  it('never makes an element out of what a person typed', () => {
    const root = mount(RichText, { props: { text: '<img src=x onerror=alert(1)><script>alert(1)</script>' } }).element;
    expect(root.querySelector('img, script')).toBeNull();
    expect(root.textContent).toContain('<img src=x onerror=alert(1)>');
  });
  it('links only where a link may lead', () => {
    expect(safeHref('https://example.cn/a')).toBe('https://example.cn/a');
    expect(safeHref('/projects/1')).toBe('/projects/1');
    for (const bad of [
      'javascript:alert(1)',
      'JaVaScRiPt:alert(1)',
      'data:text/html,x',
      '//evil.example',
      '/\\evil.example',
      'vbscript:x',
    ])
      expect(safeHref(bad)).toBeNull();
    const link = mount(RichText, { props: { text: '[点我](javascript:alert(1))' } });
    expect(link.find('a').exists()).toBe(false);
    expect(link.text()).toContain('点我');
  });
  it('opens outside links without giving them this page', () => {
    const link = mount(RichText, { props: { text: '见 https://example.cn/x?y=1，谢谢' } }).find('a');
    expect(link.attributes('href')).toBe('https://example.cn/x?y=1');
    expect(link.attributes('rel')).toContain('noopener');
  });
  it('ends on every input', () => {
    for (const text of ['', '```', '- ', '>', '**', '# ', '\n\n\n', '---', '* * *', '1.', '[x](', 'a\n# b\n- c\n> d'])
      expect(() => html(text)).not.toThrow();
  });
});
