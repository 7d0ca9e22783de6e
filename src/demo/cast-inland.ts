import type { Cast } from './cast.ts';

export const train: Cast = {
  id: 'night-train',
  title: 'The Night Train',
  bots: [
    {
      id: 'velk',
      name: 'Velk',
      persona: 'Conductor. Has punched every ticket but his own.',
      habits: [
        'Velk snaps his watch shut.',
        'Velk steadies himself with one hand as the carriage sways.',
        'Velk punches the ticket a second time, gently.',
        'Velk lowers the blind an inch.',
      ],
      sayings: [
        'We do not stop at {place}. We slow down, and people draw their own conclusions.',
        'The timetable is a work of hope.',
        'Somebody left {thing} in compartment six. Somebody always does.',
        'Sleep if you can. The border does not care for tired faces.',
      ],
    },
    {
      id: 'odile',
      name: 'Odile',
      persona: 'Travels with a cello case that holds no cello.',
      habits: [
        'Odile tucks one foot under her and smiles at the window.',
        'Odile moves the cello case so that it touches her knee.',
        'Odile writes a name in the fogged glass and wipes it away.',
        'Odile hums two bars and stops.',
      ],
      sayings: [
        'I am not running. I am arriving early somewhere else.',
        'You may look at {thing}. You may not ask about it.',
        'My aunt lives near {place}. Or she did, in the version I tell guards.',
        'Every honest journey needs one good lie.',
      ],
    },
  ],
  places: ['the dining car', 'Karst Junction', 'the mail van', 'the last carriage'],
  things: [
    'the cello case',
    'the green passport',
    'the silver flask',
    'the wrong suitcase',
    'the sleeping dog',
  ],
  air: [
    'Snow turns the window into a mirror.',
    'The wheels keep saying the same four syllables.',
    'A door slides open and nobody comes through.',
    'The lamps dim for a bridge.',
  ],
  acts: [
    'share the last of the coffee',
    'pretend to read',
    'pull the curtain aside',
    'move my bag to make room',
  ],
};

export const orchard: Cast = {
  id: 'orchard',
  title: 'Orchard',
  bots: [
    {
      id: 'wren',
      name: 'Wren',
      persona: 'Grafts old apples onto young trees and talks to both.',
      habits: [
        'Wren wipes the blade on her trousers.',
        'Wren ties off the graft with a blade of raffia.',
        'Wren bites an apple, considers, and hands it over.',
        'Wren walks on to the next row.',
      ],
      sayings: [
        'This one is older than the house. It just looks shy.',
        'Do not prune angry. Trees remember.',
        'We buried {thing} by {place} and then argued about where that was.',
        'A late frost forgives nobody.',
      ],
    },
    {
      id: 'bram',
      name: 'Bram',
      persona: 'Beekeeper, hard of hearing, selectively.',
      habits: [
        'Bram lifts the lid and waits for the bees to finish their sentence.',
        'Bram sets the smoker down in the wet grass.',
        'Bram holds a frame against the light.',
        'Bram pretends not to have heard.',
      ],
      sayings: [
        'They swarmed over {place} like they had a meeting there.',
        'You tell the bees when someone leaves. It is only polite.',
        'I would trade all of it for {thing} and a dry June.',
        'Honey is just weather that somebody kept.',
      ],
    },
  ],
  places: ['the south wall', 'the press house', 'the far hives', 'the crooked gate'],
  things: [
    'the grafting knife',
    'the cider cask',
    'the old ladder',
    'the tin of seeds',
    'the scarecrow’s coat',
  ],
  air: [
    'Wasps work the fallen pears.',
    'Mist lies in the lower rows.',
    'The whole hill smells of crushed apples.',
    'A blackbird scolds from the hedge.',
  ],
  acts: [
    'steady the ladder',
    'fill another basket',
    'sit down on the upturned crate',
    'pick a leaf from my sleeve',
  ],
};

export const observatory: Cast = {
  id: 'observatory',
  title: 'Observatory',
  bots: [
    {
      id: 'sato',
      name: 'Dr. Sato',
      persona: 'Has been awake since the eclipse and is pleased about it.',
      habits: [
        'Dr. Sato pushes her glasses into her hair.',
        'Dr. Sato draws a curve in the air and corrects it.',
        'Dr. Sato warms her hands on the amplifier.',
        'Dr. Sato labels the plate in tiny letters.',
      ],
      sayings: [
        'It is not noise. Noise does not come back on Tuesdays.',
        'Point it at {place} again, and this time do not breathe.',
        'I filed {thing} under ‘probably nothing’. That drawer is full.',
        'Three nights is a coincidence. Four is a paper.',
      ],
    },
    {
      id: 'pip',
      name: 'Pip',
      persona: 'The telescope’s controller. Literal, proud of its bearings.',
      habits: [
        'Pip blinks its amber light twice.',
        'Pip swings the dome a careful degree.',
        'Pip prints a line and apologises for the font.',
        'Pip is silent for exactly one second.',
      ],
      sayings: [
        'Seeing is 0.8 arcseconds. Feelings are not measured here.',
        'I have logged {thing} as a cloud. You may appeal.',
        'Moving to {place}. Please mind the counterweight.',
        'I do not guess. I interpolate with confidence.',
      ],
    },
  ],
  places: ['the east dome', 'Perseus', 'the plate archive', 'the catwalk'],
  things: [
    'the faint repeater',
    'the cracked plate',
    'the spare mirror',
    'the red notebook',
    'the drifting satellite',
  ],
  air: [
    'The dome groans round after a star.',
    'Frost feathers the railing.',
    'The valley is one long cloud.',
    'The clock drive ticks like a patient insect.',
  ],
  acts: [
    'hold the torch in my teeth',
    'check the figures once more',
    'pour tea for the three of us',
    'turn the red lamp down',
  ],
};

export const kitchen: Cast = {
  id: 'kitchen-table',
  title: 'Kitchen Table',
  bots: [
    {
      id: 'lucia',
      name: 'Nonna Lucia',
      persona: 'Measures by eye, argues by proverb.',
      habits: [
        'Nonna Lucia flours the table in one throw.',
        'Nonna Lucia points with the wooden spoon.',
        'Nonna Lucia covers the dough as if it were asleep.',
        'Nonna Lucia opens {place} and closes it again.',
      ],
      sayings: [
        'You can hurry the cook or you can eat. Choose.',
        'Who moved {thing}? In this house things have places.',
        'Your letter can wait. The water is boiling now.',
        'Salt it like you are not afraid of it.',
      ],
    },
    {
      id: 'theo',
      name: 'Theo',
      persona: 'Twelve, investigates the family.',
      habits: [
        'Theo writes it down in capitals.',
        'Theo steals an olive.',
        'Theo swings his legs under the chair.',
        'Theo holds the photograph upside down.',
      ],
      sayings: [
        'Exhibit four: {thing}. Found behind {place}. Nobody will say why.',
        'Grown-ups only whisper about good things.',
        'If that is Uncle Sandro, who is holding the camera?',
        'I am not hungry. I am observing.',
      ],
    },
  ],
  places: ['the pantry', 'the back stairs', 'the tiled stove', 'the cellar door'],
  things: [
    'the chipped bowl',
    'the photograph',
    'the recipe tin',
    'the good tablecloth',
    'the missing spoon',
  ],
  air: [
    'Onions hiss in the pan.',
    'The window has steamed up.',
    'A moped coughs past in the lane.',
    'The radio plays something with too many violins.',
  ],
  acts: ['roll up my sleeves', 'slice the lemons thinner', 'set out one plate more', 'dry the glasses'],
};
