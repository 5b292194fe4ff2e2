// What hovers and the documentation of completions share.
import { findActivation } from '../activations/catalogue';
import { parametersOf } from '../detect/parameters';
import type { ActivationSite } from '../detect/site';
import { documentationOf } from '../explain/documentation';
import type { HoverOptions } from '../explain/hover';
import type { ExplainTarget } from '../protocol/explain';
import type { CompareTarget } from '../protocol/model';
import { commandLink, commands } from './commands';
import { language, theme } from './surroundings';

/** Whether a site chooses an activation that others may stand in for: not where it is inside of something, or only named. */
export const isChosen = ({ form }: ActivationSite): boolean => !/^(implicit|formula|mention)$/.test(form);

/** Theme, language and links of a site's hover. */
export function hoverOptions(site: ActivationSite): HoverOptions {
  const activation = findActivation(site.activation);
  const isCompared = site.range.file !== '' && isChosen(site);
  return {
    theme: theme(),
    language: language(),
    links: {
      explain: commandLink(commands.explain, {
        activation: site.activation,
        parameters: parametersOf(site),
        ...(site.range.file && { source: site.range }),
      } satisfies ExplainTarget),
      compare: isCompared
        ? commandLink(commands.compare, { file: site.range.file, site: site.range } satisfies CompareTarget)
        : '',
      documentation: (activation && documentationOf(site, activation)) ?? '',
    },
  };
}
