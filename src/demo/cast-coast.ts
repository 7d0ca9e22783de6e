import type { Cast } from './cast.ts';

export const lighthouse: Cast = {
  id: 'lighthouse',
  title: 'Lighthouse',
  bots: [
    {
      id: 'mara',
      name: 'Mara',
      persona: 'Keeper of the light for nineteen winters. Answers slowly and means it.',
      habits: [
        'Mara trims the wick without looking up.',
        'Mara counts the seconds between two flashes under her breath.',
        'Mara rubs salt from the window with her sleeve.',
        'Mara turns a page of the logbook and leaves it blank.',
        'Mara listens to the stairs before she answers.',
      ],
      sayings: [
        'The tide keeps better time than either of us.',
        'Leave {thing} where it is. It was here before me.',
        'I wrote it all down. Then I tore out the page.',
        'Nobody comes up to {place} by accident.',
        'Ask me again when the wind has dropped.',
        'You learn to tell a ship by what it does not say.',
        'There is a second key. I never found what {thing} has to do with it.',
      ],
    },
    {
      id: 'tam',
      name: 'Old Tam',
      persona: 'Boatman. Brings oil, bread and gossip, in that order.',
      habits: [
        'Old Tam knocks his pipe out on the rail.',
        'Old Tam laughs until it turns into a cough.',
        'Old Tam coils a rope that was already coiled.',
        'Old Tam squints at the horizon as if it owed him money.',
      ],
      sayings: [
        'I would not row past {place} tonight, not for double.',
        'My father had a word for {thing}, and it was not a kind one.',
        'Fog like this has a taste. Copper, mostly.',
        'She will tell you the truth. She will just take her time about it.',
        'Bread first, then the bad news.',
      ],
    },
  ],
  places: ['the lamp room', 'the spiral stairs', 'the boathouse', 'the gallery'],
  things: ['the brass key', 'the torn logbook', 'the second lamp', 'the sealed letter', 'the storm glass'],
  air: [
    'The wind leans on the door.',
    'Far out, a horn answers itself.',
    'The beam goes round and finds nothing.',
    'Rain walks across the roof.',
  ],
  acts: [
    'set my wet coat over the rail',
    'hold the lantern a little higher',
    'follow the sound up the stairs',
    'read the last entry twice',
  ],
};

export const harbour: Cast = {
  id: 'harbour',
  title: 'Harbour',
  bots: [
    {
      id: 'ines',
      name: 'Ines',
      persona: 'Dockmaster with a ledger for everything and a soft spot for late boats.',
      habits: [
        'Ines ticks something off her list.',
        'Ines weighs a coin in her palm and pockets it.',
        'Ines waves a crane to a stop with two fingers.',
        'Ines pulls her scarf up against the diesel.',
      ],
      sayings: [
        'The Marigold was due at four. It is always due at four.',
        'If {thing} is not in the ledger, it does not exist. That can be arranged.',
        'Meet me at {place} and do not look as if you are meeting me.',
        'Two crates, no papers, one honest man. I do not like the sum.',
        'I have known captains who lied less than this tide table.',
      ],
    },
    {
      id: 'jonas',
      name: 'Jonas',
      persona: 'Ship’s cook ashore, owes everybody a dinner.',
      habits: [
        'Jonas slides a bowl across the table.',
        'Jonas tastes the soup and frowns at it.',
        'Jonas checks the street through the steam of the kettle.',
        'Jonas folds the map the wrong way again.',
      ],
      sayings: [
        'Eat. Nobody ever planned anything clever on an empty stomach.',
        'I saw {thing} go out on the night ferry. I can be wrong about the night.',
        'They asked about you at {place}. Politely, which worried me.',
        'A harbour is just a town that cannot make up its mind.',
      ],
    },
  ],
  places: ['Pier Nine', 'the customs shed', 'the chandler’s loft', 'the Blue Anchor'],
  things: ['the unmarked crate', 'the night ferry', 'the tide table', 'the blue ledger', 'the spare anchor'],
  air: [
    'Gulls argue over a fish head.',
    'The cranes stand still against the pink sky.',
    'Somewhere a chain runs out.',
    'It smells of tar and oranges.',
  ],
  acts: [
    'keep my hood up and my voice down',
    'count the lights across the water',
    'pay for both of us',
    'step behind the stacked nets',
  ],
};
