/**
 * What each fault truly takes to mend: part → probability that this one needs it, the usual one first, and how many
 * minutes it takes. The simulator's own table, never the product's: the two differ on purpose (EVALUATION.md).
 */
export const remedies: Record<string, Record<string, { fits: Record<string, number>; takes: number }>> = {
  fridge: {
    'refrigerant-leak': { fits: { 'refrigerant-charge': 0.97, 'filter-drier': 0.7, evaporator: 0.25 }, takes: 95 },
    'condenser-fouling': { fits: { 'condenser-brush-kit': 1 }, takes: 30 },
    'door-seal-leak': { fits: { 'door-gasket': 1 }, takes: 25 },
    'compressor-wear': { fits: { compressor: 0.96, 'start-relay': 0.15 }, takes: 125 },
    'evaporator-fan-failure': { fits: { 'evaporator-fan': 1 }, takes: 40 },
    'capillary-clog': { fits: { 'capillary-tube': 0.75, 'filter-drier': 0.8, 'refrigerant-charge': 0.5 }, takes: 130 },
    'defrost-heater-failure': { fits: { 'defrost-heater': 0.75, 'defrost-thermostat': 0.35 }, takes: 45 },
    'start-relay-failure': { fits: { 'start-relay': 0.95, compressor: 0.06 }, takes: 25 },
    'temperature-sensor-drift': { fits: { 'temperature-sensor': 1 }, takes: 25 },
  },
  washer: {
    'drum-imbalance': { fits: { 'drum-spider': 0.7, counterweight: 0.45 }, takes: 75 },
    'bearing-wear': { fits: { 'drum-bearing': 1, 'shaft-seal': 0.7 }, takes: 115 },
    'damper-wear': { fits: { 'damper-pair': 1 }, takes: 45 },
    'drain-clog': { fits: { 'drain-filter': 0.75, 'drain-pump': 0.4 }, takes: 30 },
    'heater-scale': { fits: { descaler: 0.8, 'heating-element': 0.35 }, takes: 40 },
    'heater-failure': { fits: { 'heating-element': 0.85, 'heater-relay': 0.2 }, takes: 45 },
    'belt-slip': { fits: { 'drive-belt': 1 }, takes: 30 },
    'inlet-valve-failure': { fits: { 'inlet-valve': 0.75, 'inlet-filter': 0.4 }, takes: 30 },
    'door-lock-failure': { fits: { 'door-lock': 1 }, takes: 25 },
  },
  ac: {
    'refrigerant-leak': { fits: { 'refrigerant-charge-r32': 0.95, 'flare-kit': 0.6, 'service-valve': 0.2 }, takes: 85 },
    'filter-clog': { fits: { 'air-filter': 0.9, 'coil-cleaner': 0.3 }, takes: 20 },
    'condenser-fouling': { fits: { 'coil-cleaner': 1 }, takes: 40 },
    'compressor-wear': { fits: { 'ac-compressor': 0.97, 'filter-drier-ac': 0.6 }, takes: 130 },
    'capacitor-fade': { fits: { 'run-capacitor': 1 }, takes: 25 },
    'fan-imbalance': { fits: { 'fan-wheel': 0.7, 'fan-motor': 0.4 }, takes: 45 },
    'condensate-drain-block': { fits: { 'drain-hose': 0.75, 'condensate-pump': 0.35 }, takes: 25 },
    'temperature-sensor-bias': { fits: { 'room-sensor': 1 }, takes: 20 },
  },
}

/** How often each mode comes by nature, relative within its kind. */
export const frequencies: Record<string, Record<string, number>> = {
  fridge: {
    'refrigerant-leak': 1.2,
    'condenser-fouling': 1.4,
    'door-seal-leak': 1.4,
    'compressor-wear': 1,
    'evaporator-fan-failure': 1.1,
    'capillary-clog': 0.6,
    'defrost-heater-failure': 1,
    'start-relay-failure': 0.9,
    'temperature-sensor-drift': 0.8,
  },
  washer: {
    'drum-imbalance': 0.8,
    'bearing-wear': 1.4,
    'damper-wear': 1,
    'drain-clog': 1.4,
    'heater-scale': 1.2,
    'heater-failure': 0.8,
    'belt-slip': 0.8,
    'inlet-valve-failure': 0.9,
    'door-lock-failure': 0.8,
  },
  ac: {
    'refrigerant-leak': 1.4,
    'filter-clog': 1.6,
    'condenser-fouling': 1.2,
    'compressor-wear': 0.8,
    'capacitor-fade': 1,
    'fan-imbalance': 0.9,
    'condensate-drain-block': 0.8,
    'temperature-sensor-bias': 0.7,
  },
}
