namespace Sync;

/// <summary>Everybody who is signed in reads every record of the table.</summary>
/// <param name="mayWrite">Who may write; nobody where it is left out.</param>
public class SignedInPermissions<T>(Func<Caller, Change<T>, Related, Verdict>? mayWrite = null) : Permissions<T> where T : class
{
    public override bool MayRead(Caller caller, T record, Related related) => true;

    public override Verdict MayWrite(Caller caller, Change<T> change, Related related) => mayWrite?.Invoke(caller, change, related) ?? Verdict.Deny("read_only");
}
