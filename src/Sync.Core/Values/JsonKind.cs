namespace Sync;

/// <summary>What a <see cref="CanonicalJson"/> holds, in the total order of values: a missing value equals null when it is ordered or compared.</summary>
public enum JsonKind { Missing, Null, False, True, Number, String, List, Object }
