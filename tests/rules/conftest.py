from hypothesis import settings

# an example may take long on a busy machine; what must be quick is measured where it is claimed
settings.register_profile("steady", deadline=None)
settings.load_profile("steady")
