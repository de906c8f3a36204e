// Answers queries from the files below search/: docs/search.md tells how they are made. Loaded when somebody searches.
const packyardSearch = (() => {
  "use strict";

  const { root } = packyard;
  const PACK = 255, DOCUMENT = 254;
  // How well a word fits a place, best first: a part of the name, the first or a later one, whole or its beginning; and so on.
  const LATER = 1, BEGUN = 2, KEYWORD = 4, SUMMARY = 6, README = 8, UNKNOWN = 10;
  // Where what is meant by a kind or an ecosystem comes: behind names, or if it is a single word behind keywords too.
  const MEANT = 2.6, MEANT_ALONE = 3.5;
  // What is added for what should not be chosen, and for what is spelt alike.
  const DEMOTED = 7, ALIKE = 20;
  // What is added for every letter that was typed wrongly.
  const FAR = 128;
  const FEW = 5;
  // How many results are shown at most of which none has all words.
  const MANY = 100;
  const pieces = new Map();
  const loading = new Map();
  let index = null;

  /** Takes a piece of the index: every file calls it, because browsers refuse to fetch from file://. */
  const take = (name, tag, data) => { pieces.set(name, { tag, data }); };

  const load = (file, version) => {
    const address = `${root}search/${file || "index"}.js${version}`;
    if (!loading.has(address)) {
      loading.set(address, new Promise((resolve, reject) => {
        const script = document.createElement("script");
        script.src = address;
        script.onload = resolve;
        script.onerror = () => { loading.delete(address); reject(new Error(`${address} cannot be loaded`)); };
        document.head.append(script);
      }));
    }
    return loading.get(address);
  };

  const piece = async (name) => {
    if (pieces.get(name)?.tag !== index.tag) await load(name, `?${index.tag}`);
    const { tag, data } = pieces.get(name);
    if (tag !== index.tag) throw new StaleError(tag);
    return data;
  };

  /** Says that the browser kept a root that is older or newer than a piece. */
  class StaleError extends Error {
    constructor(tag) { super("the search index has changed"); this.tag = tag; }
  }

  const DIGITS = new Map([..."0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_"].map((c, at) => [c, at]));
  const numbers = (text) => {
    const found = [];
    let number = 0;
    for (const c of text) {
      const digit = DIGITS.get(c);
      number = number * 32 + (digit & 31);
      if (digit > 31) { found.push(number); number = 0; }
    }
    return found;
  };
  const ascending = (text) => { let sum = 0; return numbers(text).map((step) => (sum += step)); };

  /** Opens front-coded words: how much of the one before, then the rest. */
  const words = (text, end) => {
    let before = "";
    return text.split(end).slice(0, -1).map((entry) => {
      const digits = /^[0-9A-V]*./.exec(entry)[0];
      before = before.slice(0, numbers(digits)[0]) + entry.slice(digits.length);
      return before;
    });
  };
  const list = (text) => (text ? text.split(" ") : []);

  const open = async (version = "") => {
    await load("", version);
    const { tag, data } = pieces.get("");
    const names = [], ecosystemOf = [], first = [], packOf = [], kindOf = [], parts = [];
    let all = data.packs;
    data.ecosystems.forEach(([, , count], ecosystem) => {
      // Each ecosystem's names start anew, sharing nothing.
      const mine = all.split(" ", count).join(" ") + " ";
      all = all.slice(mine.length);
      for (const name of words(mine, " ")) { names.push(name); ecosystemOf.push(ecosystem); }
    });
    const runs = numbers(data.runs);
    let at = 0;
    const add = (pack, kind, count) => { for (let n = 0; n < count; n += 1) { packOf.push(pack); kindOf.push(kind); } };
    names.forEach((name, pack) => {
      first.push(packOf.length);
      add(pack, PACK, 1);
      for (let run = runs[at++]; run > 0; run -= 1) add(pack, runs[at++], runs[at++]);
      const split = partsOf(name);
      split.forEach((word, place) => parts.push({ word, pack, place, of: split.length }));
      if (split.length > 1) parts.push({ word: split.join(""), pack, place: 0, of: 1 });
    });
    add(names.length, DOCUMENT, data.documents.length);
    parts.sort((a, b) => (a.word < b.word ? -1 : a.word > b.word ? 1 : a.pack - b.pack));
    index = {
      ...data, tag, names, ecosystemOf, first, packOf, kindOf, parts, stop: new Set(list(data.stop)), blocks: ascending(data.blocks),
      leaves: list(data.leaves), heads: new Map(list(data.heads).map((prefix, at) => [prefix, at])), spelling: list(data.spelling),
    };
  };
  let opening = null;
  const ready = (version) => (opening ??= open(version).catch((error) => { opening = null; throw error; }));

  // The same rules as src/site/search/words.rs.
  const LETTERS = /[\p{Alphabetic}\p{N}]+/gu;
  const wordsOf = (text) => (text.match(LETTERS) ?? [])
    .map((run) => [...run.toLowerCase()].filter((c) => /[\p{Alphabetic}\p{N}]/u.test(c)).slice(0, 32).join(""));
  const partsOf = (name) => wordsOf(name.replace(/([\p{Lowercase}\p{N}])(?=\p{Uppercase})/gu, "$1 ")
    .replace(/(\p{Uppercase})(?=\p{Uppercase}\p{Lowercase})/gu, "$1 "));

  /** The place of the last of some sorted values that is not above `value`. */
  const lastUpTo = (sorted, value) => {
    let low = 0, high = sorted.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sorted[middle] <= value) low = middle + 1; else high = middle;
    }
    return low - 1;
  };

  /** Notes how well a word fits an entry: places by eights, and how many parts its name has. */
  const note = (hits, entry, value) => { if (!(hits.get(entry) <= value)) hits.set(entry, value); };
  const valueOf = (letter, begun) => {
    const number = letter.toLowerCase().charCodeAt(0) - 97;
    if (number < 12) return ((number > 5 ? LATER : 0) + (begun ? BEGUN : 0)) * 8 + number % 6;
    return (KEYWORD + (number - 12) * 2 + (begun ? 1 : 0)) * 8;
  };

  const nothing = () => ({ hits: new Map(), packs: new Map(), isPart: false });

  /** Finds the packs whose name has a word: the root alone has them. */
  const lookUpPacks = (word, { whole = false, isOther = false, far = 0, found = nothing() } = {}) => {
    const { parts, first } = index;
    const { hits, packs } = found;
    let at = parts.findIndex(({ word: part }) => part >= word);
    for (; at >= 0 && parts[at]?.word.startsWith(word); at += 1) {
      const { word: part, pack, place, of } = parts[at];
      const begun = part !== word;
      if (begun && whole) break;
      note(hits, first[pack], ((place ? LATER : 0) + (begun || isOther ? BEGUN : 0)) * 8 + Math.min(of, 6) - 1 + far * FAR);
      if (!far) packs.set(pack, packs.get(pack) || !begun);
    }
    return found;
  };

  /** Finds what has a word: entries, packs whose name has it, and whether there are more than are listed. */
  const lookUp = async (word, { whole = false, isOther = false, far = 0, found = nothing() } = {}) => {
    const { hits } = lookUpPacks(word, { whole, isOther, far, found });
    const head = index.heads.get(word);
    const name = head === undefined ? `l${Math.max(lastUpTo(index.leaves, word), 0)}` : `h${head}`;
    if (!index.leaves.length || (word.length < 2 && word < "\x7f" && !pieces.has(name))) return found;
    const text = await piece(name);
    let before = "";
    for (const entry of text.split(";")) {
      const space = entry.indexOf(" ");
      if (space < 0) break;
      const digits = /^[0-9A-V]*./.exec(entry)[0];
      before = before.slice(0, numbers(digits)[0]) + entry.slice(digits.length, space);
      const begun = before !== word;
      if (begun && (whole || !(before.startsWith(word) || before === "*"))) continue;
      for (const group of entry.slice(space + 1).split(",")) {
        if (!group) continue;
        if (!begun && group[0] < "a") found.isPart = true;
        const value = valueOf(group[0], begun || isOther) + far * FAR;
        for (const number of ascending(group.slice(1))) note(hits, number, value);
      }
    }
    return found;
  };

  /** How many letters are wrong: added, left out, others, or two in the wrong order. More than `most` is all the same. */
  const distance = (a, b, most) => {
    if (Math.abs(a.length - b.length) > most) return most + 1;
    let rows = [[], [...Array(b.length + 1).keys()]];
    for (let i = 1; i <= a.length; i += 1) {
      const row = [i];
      const [above2, above] = rows;
      for (let j = 1; j <= b.length; j += 1) {
        row[j] = Math.min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (a[i - 1] !== b[j - 1]));
        if (a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) row[j] = Math.min(row[j], above2[j - 2] + 1);
      }
      if (Math.min(...row) > most) return most + 1;
      rows = [above, row];
    }
    return rows[1][b.length];
  };

  /** Finds words that are spelt alike, nearest and most frequent first. */
  const alike = async (word, isLast, isKnown) => {
    const most = word.length < 4 ? 0 : word.length < 8 ? 1 : 2;
    if (!most) return [];
    const found = new Map();
    const consider = (other, frequency) => {
      if (other === word) return;
      let far = distance(word, other, most);
      // The last word may be on its way.
      if (isLast && far > most && other.length > word.length && distance(word, other.slice(0, word.length), 1) < 2) far = most + .5;
      if (far <= most + .5 && !(found.get(other)?.far <= far)) found.set(other, { other, far, frequency });
    };
    // If no word with the same first letter is like it, that may be missing, too much, or the second one; unless something has it.
    for (const letter of new Set([word[0], isKnown ? word[0] : word[1]])) {
      const at = lastUpTo(index.spelling, letter);
      if (at >= 0 && !found.size) for (const entry of spelt(await piece(`s${at}`))) consider(...entry);
    }
    index.parts.forEach(({ word: part }) => consider(part, 5));
    return [...found.values()].sort((a, b) => a.far - b.far || b.frequency - a.frequency || (a.other < b.other ? -1 : 1)).slice(0, 3);
  };
  const spelt = (text) => {
    let before = "";
    return text.split(";").slice(0, -1).map((entry) => {
      const digits = /^[0-9A-V]*./.exec(entry)[0];
      before = before.slice(0, numbers(digits)[0]) + entry.slice(digits.length, -1);
      return [before, Number(entry.at(-1))];
    });
  };

  const statusOf = (entry) => (index.kindOf[entry] === DOCUMENT ? 0 : Number(index.status[index.packOf[entry]]));

  /**
   * Puts what has all words in order: exact names, beginnings of names, parts, keywords, summaries, READMEs. With `some`, also
   * what has only some of them: most first, then those that have much rarer ones.
   */
  const ranked = (asked, some = false) => {
    const { packOf, kindOf, ecosystems, ecosystemOf, kinds } = index;
    const places = asked.map(({ word, found }) => {
      // A word may also name the pack, the ecosystem or the kind.
      const ecosystem = ecosystems.map(([id, title]) => word.length > 2 && (id.startsWith(word) || title.toLowerCase().startsWith(word)));
      const kind = kinds.map((names) => word.length > 2 && names.some((name) => name.toLowerCase().startsWith(word)));
      const frequency = some ? Math.floor(Math.log2(found.hits.size + 1) / 4) : 0;
      return { ...found, frequency, around: (entry) => found.packs.get(packOf[entry]) ?? (ecosystem[ecosystemOf[packOf[entry]]] || kind[kindOf[entry]] ? true : undefined) };
    });
    const results = [];
    const seen = new Set();
    for (const { hits } of places) {
      for (const entry of hits.keys()) {
        if (seen.has(entry)) continue;
        seen.add(entry);
        let sum = 0, worst = 0, exact = 0, of = 0, starts = false, isWhole = true, far = 0, missing = 0, common = 0;
        const values = places.map(({ hits }) => hits.get(entry));
        const isNamed = values.some((value) => value % FAR < KEYWORD * 8);
        for (const [at, place] of places.entries()) {
          const rest = common;
          common += place.frequency;
          const value = values[at] ?? UNKNOWN * 8;
          const fit = (value % FAR) >> 3;
          // Once its own name has a word, other words may be those of its pack.
          const around = fit >= KEYWORD && (isNamed || fit === UNKNOWN) ? place.around(entry) : undefined;
          if (around !== undefined) { isWhole &&= around; sum += 20; continue; }
          if (fit === UNKNOWN && (some || !place.isPart)) { missing += 1; common = rest; continue; }
          far += Math.floor(value / FAR);
          // Words that only a README has, or that are spelt alike, are half as much as others.
          if (some && (fit >= README || value >= FAR)) missing += .5;
          if (fit < BEGUN) exact += 1;
          if (fit < KEYWORD) of = (value & 7) + 1;
          if (fit === 0 || fit === BEGUN) starts = true;
          sum += value % FAR;
          worst = Math.max(worst, fit);
        }
        if (missing && !some) continue;
        const isMisspelt = far > 0;
        sum += far * 50;
        let level = worst >= KEYWORD ? 1 + (worst >> 1) : isWhole && worst < BEGUN && exact >= of ? 0 : starts ? 1 : 2;
        const exactName = level === 0 && !isMisspelt && !missing;
        const status = statusOf(entry);
        // What should not be chosen comes last; but who types its name wants to know about it.
        if (status >= index.demoted) level = level === 0 ? 2.5 : level + DEMOTED;
        if (isMisspelt) level += ALIKE;
        const isLate = some && level % ALIKE >= DEMOTED;
        results.push({ ...result(entry, level), sum, missing, common, isLate, isKnown: worst < UNKNOWN, exactName });
      }
    }
    // Of words that too many entries have, only some are known: what may have them is shown if nothing else is.
    const known = results.filter(({ isKnown }) => isKnown);
    return known.length < FEW ? results : known;
  };
  const result = (entry, level) => ({
    entry, level, sum: 0, missing: 0, common: 0, isLate: false, status: statusOf(entry), exactName: false,
    isPack: index.kindOf[entry] === PACK ? 0 : 1, needed: 9 - Number(index.dependents[index.packOf[entry]] ?? 0),
  });
  const inOrder = (results) => {
    results.sort((a, b) => a.isLate - b.isLate || a.missing - b.missing || a.common - b.common || a.level - b.level || a.sum - b.sum || a.isPack - b.isPack || a.needed - b.needed || a.entry - b.entry);
    // A prerelease never comes first while there is something else.
    const better = results[0] && index.statuses[results[0].status] === "prerelease"
      ? results.findIndex(({ status, level }) => status < index.demoted && level < ALIKE) : -1;
    if (better > 0) results.unshift(...results.splice(better, 1));
    return results;
  };

  /** Takes `kind:` and `in:` out of what was typed; both may be said in any of their words. */
  const understood = (text) => {
    const chosen = { kind: [], in: [] };
    const known = { kind: [["pack", "packs"], ["document", "documentation"], ...index.kinds], in: index.ecosystems };
    const asked = text.replace(/(?<!\S)(kind|in):(\S*)/gi, (_, typed, value) => {
      const name = typed.toLowerCase();
      const is = (word) => typeof word === "string" && word.toLowerCase().replaceAll(" ", "-") === value.toLowerCase();
      chosen[name].push(known[name].find((words) => words.some(is))?.[0] ?? value);
      return " ";
    });
    return { chosen, asked };
  };

  /** Returns the kinds and ecosystems that words mean, or nothing if one of them means neither. A kind may be said in several words. */
  const meant = (words) => {
    const means = { kind: new Set(), in: new Set() };
    const known = [...[["pack", "packs"], ["document", "documents", "documentation"], ...index.kinds].map((names) => ["kind", names]),
      ...index.ecosystems.map(([id, title]) => ["in", [id, title]])];
    const phrases = known.flatMap(([name, names]) => names.map((one) => ({ name, value: names[0], phrase: wordsOf(one).join(" ") })));
    let rest = words.join(" ");
    while (rest) {
      const fitting = phrases.filter(({ phrase }) => `${rest} `.startsWith(`${phrase} `));
      if (!fitting.length) return null;
      const longest = Math.max(...fitting.map(({ phrase }) => phrase.length));
      for (const { name, value, phrase } of fitting) if (phrase.length === longest) means[name].add(value);
      rest = rest.slice(longest + 1);
    }
    return { kind: [...means.kind], in: [...means.in] };
  };
  const everything = (chosen, level) => narrowed(index.kindOf.map((_, entry) => result(entry, level + (statusOf(entry) >= index.demoted ? DEMOTED : 0))), chosen);

  /** Returns neighbouring words as one word each, with the words it stands for: `argo cd` may be `argocd`. */
  const neighbours = (all, typed) => {
    const found = [];
    for (const count of [2, 3]) {
      for (let at = 0; at + count <= all.length; at += 1) {
        const some = all.slice(at, at + count);
        const word = some.join("").slice(0, 32);
        const of = typed.filter((one) => some.includes(one));
        // The last one may be on its way.
        if (of.length && !typed.includes(word)) found.push({ word, of, count, whole: at + count < all.length || word.length < 4 });
      }
    }
    return found;
  };

  /** Counts what has neighbouring words as one word as having each of them. */
  const join = ({ of }, { hits, packs }, answers) => {
    for (const { word, found } of answers) {
      if (!of.includes(word)) continue;
      for (const [entry, value] of hits) note(found.hits, entry, value);
      for (const pack of packs.keys()) if (!found.packs.has(pack)) found.packs.set(pack, false);
    }
  };

  const search = async (text) => {
    const { chosen, asked } = understood(text);
    const inText = wordsOf(asked);
    const all = [...new Set(inText)];
    const telling = all.filter((word) => !index.stop.has(word));
    const typed = telling.length ? telling : all;
    const answers = await Promise.all(typed.map(async (word) => {
      const found = await lookUp(word);
      if (word.length > 3 && word.endsWith("s")) await lookUp(word.slice(0, -1), { whole: true, isOther: true, found });
      return { word, found };
    }));
    const pairs = neighbours(inText, typed);
    for (const pair of pairs) join(pair, lookUpPacks(pair.word, { whole: pair.whole, isOther: true }), answers);
    let results = ranked(answers);
    // What components are called is not in the root.
    if (typed.length < 4 && results.filter(({ level }) => level < KEYWORD).length < FEW) {
      // Of three words one that nothing has is the one that was typed apart.
      const isApart = ({ count, of }) => count === 2 && (typed.length < 3 || answers.some(({ word, found }) => of.includes(word) && !found.hits.size));
      await Promise.all(pairs.filter(isApart).map(async (pair) => join(pair, await lookUp(pair.word, { whole: pair.whole, isOther: true }), answers)));
      results = ranked(answers);
    }
    const means = typed.length ? meant(typed) : chosen;
    if (means && (means.kind.length || means.in.length)) {
      const known = new Map(results.map((one) => [one.entry, one]));
      for (const one of everything(means, typed.length > 1 ? MEANT : MEANT_ALONE)) {
        if (!(known.get(one.entry)?.level <= one.level)) known.set(one.entry, one);
      }
      results = [...known.values()];
    }
    inOrder(results);
    let spelling = [];
    if (results.length < FEW && typed.length) {
      const known = new Set(results.map(({ entry }) => entry));
      // Of many words those that nothing has are the wrong ones.
      const unknown = typed.length > 2 ? answers.filter(({ found }) => !found.hits.size) : [];
      for (const [at, { word, found }] of answers.entries()) {
        if (unknown.length && !unknown.includes(answers[at])) continue;
        for (const { other, far } of await alike(word, at === answers.length - 1, found.hits.size > 0)) {
          await lookUp(other, { whole: true, far: Math.ceil(far), found });
          spelling.push(other);
        }
      }
      const more = ranked(answers).filter(({ entry }) => !known.has(entry)).map((one) => ({ ...one, level: one.level % ALIKE + ALIKE }));
      results = results.concat(inOrder(more));
      if (results.length === known.size) spelling = [];
    }
    results = narrowed(results, chosen);
    // What only READMEs have, and spelt differently, is no better than what has some of the words.
    const hasSome = typed.length > 1 && results.every(({ level }) => level >= ALIKE + 5 && level < ALIKE + DEMOTED);
    const isAlike = !hasSome && results.length > 0 && results[0].level >= ALIKE;
    if (hasSome) {
      results = inOrder(narrowed(ranked(answers, true), chosen));
      // What has fewer of the words than the first few is left out.
      const { missing: most } = results[FEW - 1] ?? { missing: Infinity };
      results = results.filter(({ missing }) => missing <= most).slice(0, MANY);
    }
    return { text, results, marked: typed.concat(pairs.map(({ word }) => word), spelling), isAlike, hasSome: hasSome && results.length > 0 };
  };

  /** Finds everything that fits a query: a list of results in order, for `show` and `facets`. */
  const find = async (text) => {
    await ready();
    try {
      return await search(text);
    } catch (error) {
      if (!(error instanceof StaleError)) throw error;
      opening = null;
      await ready(`?${error.tag}`);
      return search(text);
    }
  };

  const facetsOf = ({ entry }) => {
    const kind = index.kindOf[entry];
    return {
      in: index.ecosystems[index.ecosystemOf[index.packOf[entry]]]?.[0],
      kind: kind === PACK ? "pack" : kind === DOCUMENT ? "document" : index.kinds[kind][0],
    };
  };
  const fits = (facets, chosen, name) => !chosen[name].length || chosen[name].includes(facets[name]);

  /** Returns the results that are of the chosen ecosystems and kinds. */
  const narrowed = (results, chosen) => results.filter((one) => { const facets = facetsOf(one); return fits(facets, chosen, "in") && fits(facets, chosen, "kind"); });

  /** Counts results by ecosystem and by kind; each count is what choosing it would show. */
  const counted = (results, chosen) => {
    const counts = { in: new Map(), kind: new Map() };
    for (const one of results) {
      const facets = facetsOf(one);
      for (const [name, other] of [["in", "kind"], ["kind", "in"]]) {
        if (facets[name] && fits(facets, chosen, other)) counts[name].set(facets[name], (counts[name].get(facets[name]) ?? 0) + 1);
      }
    }
    // Ecosystems may share the key of a kind, and call it differently.
    const titlesOf = new Map();
    for (const [key, , plural] of index.kinds) titlesOf.set(key, (titlesOf.get(key) ?? new Set()).add(plural));
    const kinds = [...titlesOf].map(([key, titles]) => [key, [...titles].join(", ")]);
    const titled = (name, titles) => titles.map(([value, title]) => ({ value, title, count: counts[name].get(value) ?? 0 }));
    return {
      in: titled("in", index.ecosystems),
      kind: titled("kind", [["pack", "Packs"], ...kinds, ["document", "Documentation"]]),
    };
  };

  /** Loads what is shown of some results. */
  const show = (results) => Promise.all(results.map(async ({ entry, status }) => {
    const { packOf, kindOf, first, names, ecosystems, ecosystemOf, kinds, statuses, documents } = index;
    const pack = packOf[entry];
    if (kindOf[entry] === DOCUMENT) {
      const [title, href, summary] = documents[entry - kindOf.indexOf(DOCUMENT)];
      return { title, href, summary, where: "Documentation", status: "" };
    }
    const id = `${ecosystems[ecosystemOf[pack]][0]}/${names[pack]}`;
    const at = lastUpTo(index.blocks, entry);
    const block = await piece(`b${at}`);
    const shown = block[entry - index.blocks[at] + 1];
    const word = statuses[status];
    if (kindOf[entry] === PACK) {
      const [, summary = "", title = ""] = shown;
      return { title: names[pack], href: `packs/${id}/index.html`, summary: [title, summary].filter(Boolean).join(": "), where: `Pack in ${ecosystems[ecosystemOf[pack]][1]}`, status: word };
    }
    const [name, summary = "", stem = "", reference = ""] = shown;
    const version = first[pack] >= index.blocks[at] ? block[first[pack] - index.blocks[at] + 1][0] : block[0];
    const [key, singular] = kinds[kindOf[entry]];
    return { title: reference || `${names[pack]}.${name}`, href: `packs/${id}/${version}/${key}/${stem || name}.html`, summary, where: `${singular} in ${id}`, status: word };
  }));

  /** Returns the one result that has exactly this name, if it is one. */
  const exactly = ({ text, results }) => {
    const typed = text.trim().toLowerCase();
    const packs = results.filter((one) => one.isPack === 0 && [index.names[index.packOf[one.entry]], idOf(one)].some((name) => name.toLowerCase() === typed));
    if (packs.length) return packs.length === 1 ? packs[0] : null;
    const exact = results.filter((one) => one.exactName);
    return exact.length === 1 ? exact[0] : null;
  };
  const idOf = ({ entry }) => `${index.ecosystems[index.ecosystemOf[index.packOf[entry]]]?.[0]}/${index.names[index.packOf[entry]]}`;

  /** Returns text with the words that were looked for marked. */
  const marked = (text, words) => {
    const nodes = document.createDocumentFragment();
    const looked = words.filter((word) => word.length > 1 || words.length === 1).sort((a, b) => b.length - a.length);
    if (!looked.length) { nodes.append(text); return nodes; }
    text.split(new RegExp(`(${looked.join("|")})`, "giu")).forEach((piece, at) => {
      nodes.append(at % 2 ? packyard.element("mark", "", piece) : piece);
    });
    return nodes;
  };

  // Said above results of which none has all words.
  const SOME = "Nothing has all of these words; these have some:";
  return Object.assign(take, { SOME, find, narrowed, counted, show, exactly, marked });
})();
