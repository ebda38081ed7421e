import { ref } from 'vue';

/** The present, to the minute: what is overdue becomes so before the eyes, without a reload. */
export const now = ref(Date.now());

window.setInterval(() => (now.value = Date.now()), 30_000);
