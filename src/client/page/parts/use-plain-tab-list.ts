import { useEffect, useRef, type RefObject } from 'react';

/**
 * Has the list of tabs hold nothing but tabs: antd also counts the button that unfolds those which a narrow screen has
 * no room for, which lists of tabs must not have.
 */
export function usePlainTabList(): RefObject<HTMLDivElement> {
  const bar = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const list = bar.current?.querySelector('[role="tablist"]');
    const tabs = list?.querySelector('.ant-tabs-nav-list');
    if (!list || !tabs) return;
    for (const name of ['role', 'aria-orientation']) {
      tabs.setAttribute(name, list.getAttribute(name) ?? 'horizontal');
      list.removeAttribute(name);
    }
  }, []);
  return bar;
}
