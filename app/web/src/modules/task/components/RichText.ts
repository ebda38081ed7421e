import { defineComponent, h } from 'vue';
import { markdown } from '../markdown';

export default defineComponent({
  name: 'RichText',
  props: { text: { type: String, required: true } },
  setup: (props) => () => h('div', { class: 'rich' }, markdown(props.text)),
});
