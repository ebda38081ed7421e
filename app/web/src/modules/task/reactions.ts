import type { ReactionName } from '@/api/types';

/**
 * The reactions, in the order they are offered. They are shown in words: desktops of an intranet often have no font with
 * coloured pictures.
 */
export const reactions: readonly ReactionName[] = [
  'thumbs_up',
  'ok',
  'done',
  'heart',
  'clap',
  'smile',
  'thinking',
  'surprised',
  'thumbs_down',
  'seen',
];
