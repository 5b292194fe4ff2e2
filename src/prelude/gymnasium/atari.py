"""Games of Atari: which of the 18 actions each has, and how high its screen is where not 210. Written by
test/fixtures/gymnasium/make.py."""

MEANINGS = 'NOOP FIRE UP RIGHT LEFT DOWN UPRIGHT UPLEFT DOWNRIGHT DOWNLEFT '\
    'UPFIRE RIGHTFIRE LEFTFIRE DOWNFIRE UPRIGHTFIRE UPLEFTFIRE DOWNRIGHTFIRE DOWNLEFTFIRE'

GAMES = {
    (0, 2, 5): (
        'Freeway '
    ),
    (0, 3, 4): (
        'Skiing '
    ),
    (1, 3, 4): (
        'Backgammon '
    ),
    (0, 1, 2, 5): (
        'Blackjack Casino '
    ),
    (0, 1, 3, 4): (
        'Breakout Kaboom '
    ),
    (0, 1, 11, 12): (
        'Atlantis Atlantis2 '
    ),
    (0, 1, 3, 4, 5): (
        'Tetris '
    ),
    (0, 2, 3, 4, 5): (
        'Frogger Pacman Surround '
    ),
    (1, 6, 7, 8, 9): (
        'VideoCheckers '
    ),
    (0, 1, 2, 3, 4, 5): (
        'BasicMath KingKong Qbert '
    ),
    (0, 1, 2, 5, 10, 13): (
        'Bowling Pooyan UpNDown '
    ),
    (0, 1, 3, 4, 11, 12): (
        'AirRaid Carnival DemonAttack Galaxian NameThisGame Pong SirLancelot SpaceInvaders '
    ),
    (0, 1, 2, 3, 4, 11, 12): (
        'Assault '
    ),
    (0, 1, 2, 3, 4, 10, 11, 12): (
        'Gopher '
    ),
    (0, 1, 3, 4, 5, 11, 12, 13): (
        'Phoenix '
    ),
    (0, 2, 3, 4, 5, 10, 11, 12): (
        'Tutankham '
    ),
    (0, 1, 2, 3, 4, 5, 10, 11, 12): (
        'VideoPinball '
    ),
    (0, 1, 2, 3, 4, 6, 7, 11, 12): (
        'BeamRider '
    ),
    (0, 1, 3, 4, 5, 8, 9, 11, 12): (
        'Enduro '
    ),
    (0, 2, 3, 4, 5, 6, 7, 8, 9): (
        'Asterix CrazyClimber Koolaid LostLuggage MsPacman '
    ),
    (0, 1, 2, 3, 4, 5, 6, 7, 8, 9): (
        'Othello TicTacToe3D VideoChess '
    ),
    (0, 1, 2, 3, 4, 5, 10, 11, 12, 13): (
        'Amidar MrDo TimePilot WizardOfWor '
    ),
    (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12): (
        'Turmoil '
    ),
    (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13): (
        'KeystoneKapers '
    ),
    (0, 1, 2, 3, 4, 5, 6, 7, 10, 11, 12, 13, 14, 15): (
        'Asteroids '
    ),
    (0, 2, 3, 4, 5, 8, 9, 11, 12, 13, 14, 15, 16, 17): (
        'KungFuMaster '
    ),
    (0, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 15, 16, 17): (
        'JourneyEscape '
    ),
    tuple(range(18)): (
        'Adventure Alien BankHeist BattleZone Berzerk Boxing Centipede ChopperCommand '
        'Crossbow Darkchambers Defender DonkeyKong DoubleDunk Earthworld ElevatorAction Entombed '
        'Et FishingDerby FlagCapture Frostbite Gravitar Hangman HauntedHouse Hero '
        'HumanCannonball IceHockey Jamesbond Kangaroo Klax Krull LaserGates MarioBros '
        'MiniatureGolf MontezumaRevenge Pitfall Pitfall2 PrivateEye Riverraid RoadRunner Robotank '
        'Seaquest Solaris SpaceWar StarGunner Superman Tennis Trondead Venture '
        'VideoCube WordZapper YarsRevenge Zaxxon '
    ),
}

HEIGHTS = {
    'Adventure': 250,
    'AirRaid': 250,
    'Carnival': 214,
    'JourneyEscape': 230,
    'KeystoneKapers': 250,
    'KingKong': 250,
    'Klax': 250,
    'LaserGates': 250,
    'MrDo': 250,
    'Pacman': 250,
    'Pooyan': 220,
    'SirLancelot': 250,
    'SpaceWar': 250,
}
